import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { resolveTracedNamespace, TracedNamespace, type TracedNamespaceArgs } from "../../../components/tracedNamespace";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { assertRefused, refusalsOf } from "./refusals";

const CONFIG = {
    samplingPercent: "10",
    demo: '{"deploy":false}',
    istio: '{"mtlsMode":"STRICT","replicas":{"min":2}}',
    namespaces: JSON.stringify({
        shop: {},
        bank: { samplingPercent: 0, customTags: { team: { literal: { value: "bank" } } }, injection: "stable" },
        till: { samplingPercent: 10, injection: "none" },
    }),
};

describe("the program with namespaces of others and without the demo", () => {
    let plan: Plan;
    before(async () => {
        plan = await planProgram(CONFIG);
    });
    const ofType = (type: string): PlannedResource[] => plan.resources.filter((one) => one.type.endsWith(`:${type}`));
    const metadata = ({ inputs }: PlannedResource) =>
        inputs["metadata"] as { name: string; namespace?: string; labels?: Record<string, string> };

    it("patches them and owns none of them", () => {
        assert.deepEqual(
            ofType("Namespace").map((one) => metadata(one).name),
            ["istio-system"],
        );
        assert.deepEqual(ofType("NamespacePatch").map(metadata), [
            { name: "shop", labels: { "istio-injection": "enabled" } },
            { name: "bank", labels: { "istio.io/rev": "stable" } },
        ]);
        for (const { dependencies } of ofType("NamespacePatch")) assert.ok(dependencies.includes("istio-istiod"));
    });

    it("gives a Telemetry to those that say something of their own, and nothing that they do not say", () => {
        const own = ofType("Telemetry").filter((one) => metadata(one).namespace !== "istio-system");
        const blocks = own.map((one) => [
            metadata(one).namespace,
            (one.inputs["spec"] as { tracing: unknown[] }).tracing,
        ]);
        // Tags of a namespace take the place of the mesh's, so what the mesh says of URLs is said here again.
        const value = "%REQ(:SCHEME)%://%REQ(:AUTHORITY)%%PATH(NQ:ORIG_OR_PATH):256%";
        const withoutQuery = { "http.url": { formatter: { value } } };
        assert.deepEqual(blocks.sort(), [
            [
                "bank",
                [
                    {
                        randomSamplingPercentage: 0,
                        disableSpanReporting: true,
                        customTags: { ...withoutQuery, team: { literal: { value: "bank" } } },
                    },
                ],
            ],
            ["till", [{ randomSamplingPercentage: 10, disableSpanReporting: false }]],
        ]);
        for (const { dependencies } of own) assert.ok(dependencies.includes("istio-istiod"));
    });

    it("exports the sampling of each, and the setting that decides it", () => {
        assert.deepEqual(plan.outputs["effectiveSampling"], {
            bank: { percent: 0, decidedBy: "namespaces.bank.samplingPercent" },
            shop: { percent: 10, decidedBy: "samplingPercent" },
            till: { percent: 10, decidedBy: "namespaces.till.samplingPercent" },
            "*": { percent: 10, decidedBy: "samplingPercent" },
        });
    });

    it("has no demo", () => {
        assert.deepEqual(
            ofType("Deployment").map(({ name }) => name),
            ["jaeger"],
        );
    });

    it("has mutual TLS for the whole mesh, and istiods that one node's end does not end", () => {
        const [peer] = ofType("PeerAuthentication");
        assert.deepEqual(peer?.inputs["spec"], { mtls: { mode: "STRICT" } });
        assert.equal(metadata(peer).namespace, "istio-system");
        const istiod = ofType("Release").find(({ name }) => name === "istio-istiod");
        const values = istiod?.inputs["values"] as { topologySpreadConstraints: unknown[]; autoscaleMin: number };
        assert.equal(values.autoscaleMin, 2);
        assert.equal(values.topologySpreadConstraints.length, 2);
    });

    it("asks for the rights that this needs", async () => {
        const { planFor } = await import("../../../cli/preflight/program");
        const { resolveSettings } = await import("../../../components/settings");
        const { rights, traced, namespaces } = planFor(resolveSettings(CONFIG));
        const where = rights
            .filter(({ resource }) => resource.startsWith("telemetries"))
            .map((right) => right.namespace);
        assert.deepEqual([...new Set(where)], ["istio-system", "shop", "bank", "till"]);
        assert.ok(!rights.some(({ namespace }) => namespace === "demo"));
        assert.deepEqual(Object.keys(namespaces), ["istio"]);
        assert.deepEqual(
            traced.map(({ telemetry }) => telemetry),
            [undefined, "namespace-default", "namespace-default"],
        );
    });
});

describe("TracedNamespace", () => {
    const least: TracedNamespaceArgs = { namespace: "shop" };

    it("injects new pods and leaves all else to the mesh when nothing is said", () => {
        assert.deepEqual(resolveTracedNamespace("x", least), {
            ...{ namespace: "shop", injection: "enabled", samplingPercent: undefined, customTags: undefined },
            ...{ provider: undefined, istioVersion: "1.31.1" },
        });
    });

    it("refuses what is empty, out of range, huge or of another type", () => {
        assertRefused(resolveTracedNamespace, least, {
            namespace: ["", "kube-system", "Shop", "a".repeat(64), 5],
            injection: ["", "Enabled", "a b", true],
            samplingPercent: [250, -1, 0.001, NaN, "5", null],
            customTags: [
                {},
                [],
                "team=shop",
                { team: {} },
                { team: "shop" },
                { team: { literal: { value: "" } } },
                { team: { literal: { value: "a" }, header: { name: "b" } } },
                { "a b": { literal: { value: "a" } } },
            ],
            provider: ["", "a b", "a".repeat(254), 5],
            istioVersion: ["latest"],
        });
    });

    it("needs a name", () => {
        const keys = refusalsOf(() => resolveTracedNamespace("x", {} as TracedNamespaceArgs)).map(({ key }) => key);
        assert.deepEqual(keys, ["namespace"]);
    });
});

describe("a namespace of others that is not there", () => {
    const registered: string[] = [];
    const messages: string[] = [];
    const { warn } = pulumi.log;
    before(async () => {
        await pulumi.runtime.setMocks(
            {
                newResource: ({ type, name, inputs }) => {
                    if (type.startsWith("kubernetes:")) registered.push(`${type} ${name}`);
                    return { id: `${name}-id`, state: inputs as object };
                },
                call: () => ({}),
            },
            "another-project",
            "test",
            true,
        );
        Object.assign(pulumi.log, { warn: (message: string) => Promise.resolve(messages.push(message)) });
    });
    after(() => Object.assign(pulumi.log, { warn }));

    const answering = async (exists: boolean | Error): Promise<string[]> => {
        registered.length = 0;
        messages.length = 0;
        const monitor = pulumi.runtime.getMonitor() as unknown as { existsResource: unknown };
        monitor.existsResource = (_: unknown, callback: (error: Error | null, answer?: unknown) => void) => {
            if (exists instanceof Error) callback(exists);
            else callback(null, { getExists: () => exists, getUnknown: () => false });
        };
        const traced = new TracedNamespace("traced", { namespace: "shop", samplingPercent: 5 });
        const found = await new Promise((resolve) => traced.namespace.apply(resolve));
        await pulumi.runtime.disconnect();
        assert.ok(typeof found === "string");
        return registered;
    };

    it("gets nothing, and a preview says so with the command that takes it out of the settings", async () => {
        assert.deepEqual(await answering(false), []);
        const [message, ...more] = messages;
        assert.deepEqual(more, []);
        assert.match(message ?? "", /Namespace shop: expected a namespace that its owner has created, got none/);
        assert.match(message ?? "", /pulumi config rm --path namespaces\.shop and then pulumi up --refresh/);
    });

    it("is taken to be there by a Pulumi that cannot tell, whose own words then say what is wrong", async () => {
        assert.equal((await answering(new Error("unknown method ExistsResource"))).length, 3);
        assert.deepEqual(messages, []);
        assert.equal((await answering(true)).length, 3);
    });
});
