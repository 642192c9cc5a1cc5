import assert from "node:assert/strict";
import type { SamplingDecision } from "../../../../../checks/telemetry/samplingDecision";
import type { Evidence } from "../../../../../doctor/evidence";
import { describeDecidedBy } from "../../../../../doctor/report/decision";
import { judgeSampling, reportSampling } from "../../../../../doctor/analyzers/sampling";
import { outdatedProxies } from "../../../../../doctor/analyzers/sidecar/outdated";

const NOT_YOU = { failure: { kind: "forbidden", reason: "not you" } };
const POD = { metadata: { name: "frontend", namespace: "demo" } };

const PILOT: SamplingDecision = { source: "istiod", field: "PILOT_TRACE_SAMPLING", corrections: [] };

function evidence(percent: number, decidedBy: SamplingDecision, telemetries: unknown = { value: [] }): Evidence {
    const client = { percent, decidedBy, provider: "tracing", reporting: true };
    return {
        discovery: { meshConfigMaps: { value: [] }, telemetries, pods: { value: [] }, envoyFilters: { value: [] } },
        ...{
            mesh: { config: {}, rootNamespace: "istio-system" },
            path: { source: POD, targets: [] },
            probes: [],
            targets: [],
        },
        ...{ sampling: { source: { client } }, requestIds: {}, logged: { recorded: 0, unrecorded: 0 } },
    } as unknown as Evidence;
}

function findings(...given: Parameters<typeof evidence>): string[] {
    const read = evidence(...given);
    return judgeSampling(reportSampling(read, true), read).map(({ id }) => id);
}

describe("the rate that the doctor finds", () => {
    it("is nobody's choice where Istio's own stands", () => {
        assert.deepEqual(findings(1, PILOT), ["sampling-default"]);
        assert.deepEqual(findings(1, { source: "istioDefault", corrections: [] }), ["sampling-default"]);
    });

    it("is a warning at 0, whoever set it, because the probes alone are recorded then", () => {
        const object = { namespace: "demo", name: "quiet" };
        for (const decidedBy of [PILOT, { source: "telemetry", object, field: "randomSamplingPercentage" } as const]) {
            const read = evidence(0, decidedBy);
            const [finding] = judgeSampling(reportSampling(read, true), read);
            assert.deepEqual([finding?.id, finding?.severity], ["sampling-zero", "warning"]);
            assert.match(finding?.got ?? "", /^0 percent, from (PILOT_TRACE_SAMPLING of istiod|Telemetry demo\/quiet)/);
            assert.deepEqual(finding?.commands, []);
        }
    });

    it("is out of range where Istio does not apply it as it is written", () => {
        assert.deepEqual(findings(1, { ...PILOT, corrections: ["outOfRange"] }), ["sampling-out-of-range"]);
        assert.deepEqual(findings(1, { source: "istioDefault", corrections: ["zeroIgnored"] }), [
            "sampling-out-of-range",
        ]);
    });

    it("is somebody's choice where istiod was given another", () => {
        assert.deepEqual(findings(100, PILOT), []);
    });

    it("is blamed on nobody where the deciding objects may not be read", () => {
        assert.deepEqual(findings(1, PILOT, NOT_YOU), []);
        const { decidedBy } = reportSampling(evidence(0, { source: "none", missing: "tracing" }, NOT_YOU), true);
        assert.deepEqual(decidedBy, { source: "unread", reason: "not you" });
        assert.match(describeDecidedBy(decidedBy), /could not be read: not you$/);
    });
});

describe("a sidecar", () => {
    it("is not outdated where the mesh configuration could not be read", () => {
        const env = [{ name: "PROXY_CONFIG", value: '{"runtimeValues":{"a":"1"}}' }];
        const pod = { ...POD, spec: { initContainers: [{ name: "istio-proxy", env }] } };
        const at = (resourceVersion: string | undefined): number =>
            outdatedProxies({
                ...{ mesh: { config: {}, resourceVersion }, source: { pod }, targets: [] },
            } as unknown as Evidence).length;
        assert.deepEqual([at(undefined), at("41")], [0, 1]);
    });
});
