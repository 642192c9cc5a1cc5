import assert from "node:assert/strict";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { at, mapAt } from "../../../shared/values/plainObjects";

const RELEASES = {
    istiod: {
        name: "mesh",
        namespace: "istio-system",
        version: "1.31.1",
        values: { revision: "canary", env: { A: "b" } },
    },
    base: { name: "crds", namespace: "istio-system", version: "1.31.0", values: {} },
};
const planWith = (istio: object): Promise<Plan> =>
    planProgram({
        istio: JSON.stringify({
            install: false,
            revision: "canary",
            rootNamespace: "istio-system",
            adopted: RELEASES,
            ...istio,
        }),
    });
const named = ({ resources }: Plan, name: string): PlannedResource => {
    const found = resources.find((one) => one.name === name && one.type.startsWith("kubernetes:"));
    assert.ok(found, name);
    return found;
};

describe("a stack that has adopted an Istio", () => {
    it("upgrades its release by the provider before a Telemetry refers to it, and installs no other Istio", async () => {
        const plan = await planWith({ provider: "spans" });
        const releases = plan.resources.filter(({ type }) => type.endsWith(":Release"));
        assert.deepEqual(releases.map(({ name }) => name).sort(), ["adopted-istio-base", "adopted-istio-istiod"]);
        const { inputs } = named(plan, "adopted-istio-istiod");
        assert.deepEqual([inputs["name"], inputs["version"]], ["mesh", "1.31.1"]);
        assert.deepEqual(mapAt(inputs, "values"), {
            ...RELEASES.istiod.values,
            meshConfig: {
                extensionProviders: [
                    {
                        name: "spans",
                        opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
                    },
                ],
            },
        });
        const telemetry = named(plan, "mesh-default");
        assert.ok(telemetry.dependencies.includes("adopted-istio-istiod"), telemetry.dependencies.join());
        const [tracing] = at(telemetry.inputs, "spec", "tracing") as { providers: unknown }[];
        assert.deepEqual(tracing?.providers, [{ name: "spans" }]);
    });

    it("takes the charts from where its owner has them", async () => {
        const plan = await planWith({ chartSource: "https://charts.example.com/istio" });
        assert.equal(
            at(named(plan, "adopted-istio-istiod").inputs, "repositoryOpts", "repo"),
            "https://charts.example.com/istio",
        );
    });

    it("has the owner's values alone once it is restored", async () => {
        const plan = await planWith({ adoptedState: "restored" });
        assert.deepEqual(named(plan, "adopted-istio-istiod").inputs["values"], RELEASES.istiod.values);
    });
});
