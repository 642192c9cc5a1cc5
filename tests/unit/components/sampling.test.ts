import assert from "node:assert/strict";
import { describeSampling, samplingOf } from "../../../components/sampling";

const SETTINGS = { demo: { namespace: "demo", deploy: true } };
const spec = (block: object): Record<string, unknown> => ({
    tracing: [{ providers: [{ name: "tracing" }], ...block }],
});
const MESH = { extensionProviders: [{ name: "tracing", opentelemetry: {} }] };

describe("the sampling of a namespace", () => {
    it("is read from what the components render, whatever the settings say", () => {
        const own = [["shop", { tracing: [{ randomSamplingPercentage: 5 }] }] as const, ["bank", undefined] as const];
        const sampling = samplingOf(SETTINGS, MESH, "istio-system", spec({ randomSamplingPercentage: 25 }), [...own]);
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
            /^Sampling rates of traces.*\n {2}bank: 25 percent .*\n.*\n.*\n {2}any other namespace: 25/,
        );
    });

    it("is nothing where the mesh configuration does not know the provider", () => {
        const sampling = samplingOf(SETTINGS, {}, "istio-system", spec({ randomSamplingPercentage: 25 }), []);
        assert.equal(sampling["*"]?.percent, 0);
    });
});
