import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { planProgram, type PlannedResource } from "../../../plan";
import { namespaceSampling } from "../../../components/sampling";

describe("a plan", () => {
    it("asks for no stack trace while it runs, and leaves everything as it was", async () => {
        const traced = pulumi.Resource as unknown as { stackTrace: unknown };
        const before = [Error.stackTraceLimit, traced.stackTrace];
        const seen = new Set<unknown>();
        const resources: PlannedResource[] = [];
        const push = resources.push.bind(resources);
        resources.push = (...items) => {
            seen.add(Error.stackTraceLimit);
            return push(...items);
        };
        await planProgram({}, "test", resources);
        assert.deepEqual([...seen], [0]);
        assert.deepEqual([Error.stackTraceLimit, traced.stackTrace], before);
    });

    it("leaves everything as it was when the settings cannot be used", async () => {
        const before = Error.stackTraceLimit;
        await assert.rejects(planProgram({ samplingPercent: "101" }), { name: "SettingsError" });
        assert.equal(Error.stackTraceLimit, before);
    });
});

describe("the sampling of many namespaces", () => {
    it("is looked up, not searched for: ten times as many ask ten times as much", () => {
        const asked = (count: number): number => {
            let reads = 0;
            const spec = { tracing: [{ randomSamplingPercentage: 5 }] };
            const own = Array.from({ length: count }, (_, index) => [`team-${String(index)}`, spec] as const);
            const mesh = {
                get extensionProviders() {
                    reads++;
                    return [{ name: "tracing", opentelemetry: {} }];
                },
            };
            const settings = { istioNamespace: "istio-system", demoNamespace: "demo", deployDemo: false };
            const root = { tracing: [{ providers: [{ name: "tracing" }] }] };
            const sampling = namespaceSampling(settings, mesh, root, own);
            assert.equal(sampling["team-0"]?.percent, 5);
            return reads;
        };
        assert.ok(asked(100) <= 10 * asked(10));
    });
});
