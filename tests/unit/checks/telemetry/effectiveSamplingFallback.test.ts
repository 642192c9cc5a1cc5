import assert from "node:assert/strict";
import type { MeshConfigObject } from "../../../../checks/mesh/objects";
import type { SamplingSources } from "../../../../checks/telemetry/effectiveSampling";
import { describeDecision } from "../../../../checks/telemetry/samplingDecision";
import { MESH, sampling, telemetry, TO_TRACING, told } from "./samplingFixtures";

describe("effective sampling: nothing is reported", () => {
    const table: [string, Parameters<typeof sampling>, string][] = [
        [
            "without Telemetry and default provider",
            [[]],
            "neither a Telemetry nor defaultProviders, which would enable tracing",
        ],
        [
            "with a provider that the mesh does not have",
            [[telemetry("istio-system/m", { providers: [{ name: "jaeger" }] })]],
            'Telemetry istio-system/m, providers: the mesh configuration has no provider "jaeger"',
        ],
        [
            "with a provider that takes no traces",
            [[telemetry("istio-system/m", { providers: [{ name: "logs" }] })]],
            'Telemetry istio-system/m, providers: the provider "logs" does not receive traces',
        ],
        [
            "with a Telemetry that names no provider",
            [[telemetry("istio-system/m", { randomSamplingPercentage: 100 })]],
            "neither a Telemetry nor defaultProviders, which would name a tracing provider",
        ],
        [
            "where reporting is switched off for the mesh",
            [[telemetry("istio-system/m", { providers: TO_TRACING, disableSpanReporting: true })]],
            "Telemetry istio-system/m, disableSpanReporting",
        ],
        [
            "with tracing off and no Telemetry",
            [[], { mesh: { enableTracing: false } }],
            "enableTracing of the mesh configuration",
        ],
    ];
    for (const [name, given, by] of table) {
        it(name, () => {
            const { client } = sampling(...given);
            assert.deepEqual([client.percent, client.reporting, describeDecision(client.decidedBy)], [0, false, by]);
        });
    }

    it("until a namespace switches it on again", () => {
        const off = telemetry("istio-system/m", { providers: TO_TRACING, disableSpanReporting: true });
        assert.equal(sampling([off, telemetry("shop/on", { disableSpanReporting: false })]).client.reporting, true);
    });
});

describe("effective sampling: where no Telemetry has a rate", () => {
    const rated = (sampling: number, more: object = {}): Partial<SamplingSources> => ({
        mesh: {
            ...MESH,
            defaultProviders: { tracing: ["tracing"] },
            defaultConfig: { tracing: { sampling, ...more } },
        },
    });
    const NOT_SET = "Istio's default, because nothing sets a rate";
    const FORMER = "defaultConfig.tracing.sampling of the mesh configuration";
    const PILOT = "PILOT_TRACE_SAMPLING of istiod";
    const plain = { mesh: { ...MESH, defaultProviders: { tracing: ["tracing"] } } };
    const table: [string, Partial<SamplingSources>, number, string][] = [
        ["Istio's own 1 percent", plain, 1, NOT_SET],
        ["that of istiod", { ...plain, pilotTraceSampling: 0 }, 0, PILOT],
        [
            "1 for an istiod below 0",
            { ...plain, pilotTraceSampling: -1 },
            1,
            `${PILOT}, where a rate out of range becomes 1`,
        ],
        [
            "1 for an istiod above 100",
            { ...plain, pilotTraceSampling: 100.5 },
            1,
            `${PILOT}, where a rate out of range becomes 1`,
        ],
        ["the mesh's former setting", { ...rated(100), pilotTraceSampling: 7 }, 100, FORMER],
        ["1 for a former setting above 100", rated(150), 1, `${FORMER}, where a rate above 100 becomes 1`],
        ["nothing of a former setting of 0", rated(0), 1, `${NOT_SET}; tracing.sampling 0 has no effect`],
        [
            "what the pod started with",
            { ...rated(20), workload: { labels: {}, proxyConfig: { tracing: { sampling: 30 } } } },
            30,
            "tracing.sampling of the pod's own proxy configuration",
        ],
        [
            "nothing of the mesh for a pod that started without",
            { ...rated(20), workload: { labels: {}, proxyConfig: {} } },
            1,
            NOT_SET,
        ],
    ];
    for (const [name, more, percent, by] of table) {
        it(`takes ${name}`, () => {
            assert.equal(told([], more), `${String(percent)} to tracing by ${by}`);
        });
    }

    it("takes the tracer of the proxy's bootstrap, as before the Telemetry API", () => {
        const former: MeshConfigObject = {
            defaultConfig: { tracing: { sampling: 100, zipkin: { address: "z:9411" } } },
        };
        assert.equal(told([], { mesh: former }), `100 to zipkin by ${FORMER}`);
    });
});
