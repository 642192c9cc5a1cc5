import assert from "node:assert/strict";
import { describeSampling, namespaceSampling } from "../../../components/sampling";

const SETTINGS = { istio: { namespace: "istio-system" }, demo: { namespace: "demo", deploy: true } };
const spec = (block: object): Record<string, unknown> => ({
    tracing: [{ providers: [{ name: "tracing" }], ...block }],
});
const MESH = { extensionProviders: [{ name: "tracing", opentelemetry: {} }] };

describe("the sampling of a namespace", () => {
    it("is read from what the components render, whatever the settings say", () => {
        const own = [["shop", { tracing: [{ randomSamplingPercentage: 5 }] }] as const, ["bank", undefined] as const];
        const sampling = namespaceSampling(SETTINGS, MESH, spec({ randomSamplingPercentage: 25 }), [...own]);
        assert.deepEqual(
            Object.entries(sampling).map(([name, { percent }]) => [name, percent]),
            [
                ["bank", 25],
                ["demo", 25],
                ["shop", 5],
                ["*", 25],
            ],
        );
        assert.match(
            describeSampling(sampling),
            /^Traces .*\n {2}bank: 25 percent .*\n.*\n.*\n {2}any other namespace: 25/,
        );
    });

    it("is nothing where the mesh configuration does not know the provider", () => {
        const sampling = namespaceSampling(SETTINGS, {}, spec({ randomSamplingPercentage: 25 }), []);
        assert.equal(sampling["*"]?.percent, 0);
    });
});
