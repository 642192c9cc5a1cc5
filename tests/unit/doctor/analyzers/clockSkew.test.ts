import assert from "node:assert/strict";
import { diagnose, type Diagnosis } from "../../../../doctor/diagnose";
import type { DoctorFinding } from "../../../../doctor/segments";
import { isOf } from "../../../../doctor/evidence/traceStructure";
import { collectorFile, diagnosisOf, evidenceOf, findingOf } from "../patient";

/** The mesh of these tests, whose frontend and backend have clocks that differ by so many seconds. */
function skewed(frontend: number, backend: number, nodes = ["a", "b"]): Diagnosis {
    const evidence = evidenceOf();
    const { path, probes } = evidence;
    const from = 1_700_000_000_000;
    evidence.probedAt = { from, to: from + 500 };
    const [target] = path.targets;
    for (const [pod, node] of [
        [path.source, nodes[0]],
        [target, nodes[1]],
    ] as const)
        if (pod?.spec !== undefined && node !== undefined) pod.spec.nodeName = node;
    for (const { trace } of probes)
        for (const span of trace?.spans ?? [])
            span.startMicros = (from + 100 + (isOf(span, path.source) ? frontend : backend) * 1000) * 1000;
    return diagnose(evidence);
}

function found(diagnosis: Diagnosis): DoctorFinding {
    return findingOf(diagnosis, "clock-skewed");
}

describe("a node whose clock differs", () => {
    it("is named, with how far its spans are from their requests", () => {
        const slow = skewed(0, -90);
        assert.ok(slow.healthy);
        assert.equal(found(slow).resource, "Node b");
        assert.match(found(slow).got, /^spans of Pod demo\/backend-7f9-abc on Node b start 90 s before its requests: /);
        assert.match(found(skewed(3600, 0)).got, /on Node a start 3600 s after its requests/);
    });

    it("may be this machine, where pods of several nodes agree", () => {
        const { severity, resource } = found(skewed(-61, -60));
        assert.deepEqual([severity, resource], ["info", "the clock of this machine"]);
        assert.equal(found(skewed(-61, -60, ["a", "a"])).resource, "Node a");
    });

    it("is none within a few seconds", () => {
        assert.deepEqual(skewed(4, -4).findings, []);
    });
});

describe("sampling strategies of Jaeger", () => {
    const said = (sampling: string): string[] =>
        diagnosisOf((patient) => {
            collectorFile(
                patient,
                `extensions: { remote_sampling: ${sampling} }\nreceivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } }\n` +
                    "service: { pipelines: { traces: { receivers: [otlp], exporters: [x] } } }\n",
            );
        }).findings.map(({ severity, id, got }) => `${severity} ${id}: ${got}`);

    it("are told to decide nothing for sidecars, whether they are in a file or adaptive", () => {
        assert.match(
            said("{ file: { path: /etc/strategies.json } }").join(),
            /^info jaeger-sampling-unused: extensions\.remote_sampling with the strategies of \/etc\/strategies\.json, which only/,
        );
        assert.match(said("{ adaptive: { sampling_store: some } }").join(), /remote_sampling adaptive, which only/);
    });

    it("are no matter where there are none", () => {
        assert.deepEqual(said("{ file: { path: } }"), []);
    });
});
