import assert from "node:assert/strict";
import { planProgram, type PlannedResource } from "../../../plan";
import { setPaths } from "../../../shared/stacks/settingPaths";

const TIER = { "collectorTier.enabled": "true", "collectorTier.keep": '{"slowMs":1000}' };
const ADOPTED = {
    ...{ install: false, rootNamespace: "istio-system", provider: "spans" },
    adopted: { istiod: { name: "istiod", namespace: "istio-system", version: "1.31.1", values: {} } },
};

/** What a resource waits for, by its kind and name. */
async function waits(raw: Record<string, string>): Promise<(kind: string, name: string) => string[]> {
    const { resources } = await planProgram(setPaths({}, { ...TIER, ...raw }));
    const isMeant = (one: PlannedResource, kind: string, name: string): boolean =>
        one.type.endsWith(`:${kind}`) && one.name === name;
    return (kind, name) => {
        const found = resources.find((one) => isMeant(one, kind, name));
        assert.ok(found, `${kind} ${name}`);
        return found.dependencies;
    };
}

describe("the order in which a Collector tier is made", () => {
    it("has it ready before istiod sends sidecars to it", async () => {
        const release = (await waits({}))("Release", "istio-base");
        for (const part of ["tracing-router", "tracing-sampler", "tracing-collector"])
            assert.ok(release.includes(part));
        const adopted = (await waits({ istio: JSON.stringify(ADOPTED) }))("Release", "adopted-istio-istiod");
        for (const part of ["tracing-router", "tracing-collector"]) assert.ok(adopted.includes(part));
    });

    it("changes the Service to a part that is ready, and closes the samplers to the mesh after that", async () => {
        const split = await waits({});
        assert.ok(split("Service", "tracing-collector").includes("tracing-router"));
        assert.ok(split("NetworkPolicy", "tracing-sampler").includes("tracing-collector"));
    });

    it("opens a single Collector to the mesh before the Service sends spans to it", async () => {
        const single = await waits({ "collectorTier.layout": "single" });
        assert.ok(single("Service", "tracing-collector").includes("tracing-sampler"));
        assert.ok(!single("NetworkPolicy", "tracing-sampler").includes("tracing-collector"));
    });

    it("closes Jaeger to the spans of sidecars only when they send none there any more", async () => {
        const closed = { "ui.jaegerAccess": "mesh" };
        const installed = await waits(closed);
        assert.ok(installed("NetworkPolicy", "jaeger-access-spans").includes("istio-istiod"));
        assert.ok(installed("Deployment", "jaeger").includes("jaeger-access-spans"));
        const adopted = await waits({ ...closed, istio: JSON.stringify(ADOPTED) });
        assert.ok(adopted("JaegerAccess", "jaeger-access").includes("adopted-istio-istiod"));
    });
});
