import assert from "node:assert/strict";
import type { Taken } from "../../../../../doctor/evidence/askReceiver";
import type { Evidence } from "../../../../../doctor/evidence";
import type { HostCounts } from "../../../../../doctor/evidence/sidecar";
import { diagnose } from "../../../../../doctor/diagnose";
import { diagnosisOf, evidenceOf, findingOf, foundIn, stateOf } from "../../patient";
import type { Patient } from "../../patientModel";

const ADDRESS = "10.0.0.9:4317";
const JAEGER = "istio-system/jaeger-7f9-abc";

/** Sends to another port of the collector's Service, and gets nothing through. */
function wrongPort(patient: Patient, port: number, counts: HostCounts, stats: Record<string, number> = {}): void {
    patient.provider["opentelemetry"] = { service: "jaeger-collector.istio-system.svc.cluster.local", port };
    patient.exports = { [`10.0.0.9:${String(port)}`]: counts };
    patient.stats.after = Object.fromEntries(
        Object.entries(stats).map(([name, value]) => [
            `cluster.outbound|${String(port)}||jaeger-collector.istio-system.svc.cluster.local;.${name}`,
            value,
        ]),
    );
    patient.spans = "none";
    patient.counts[JAEGER] = { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 };
}

function asked(...answers: [string, Taken][]): Evidence["receivers"] {
    return answers.map(([pod, taken]) => ({ pod, port: 4317, taken }));
}

describe("a provider that sends to a port of another protocol", () => {
    const unanswered: HostCounts = { rq_total: 9, rq_success: 0, rq_error: 0, cx_total: 3 };
    const reset: HostCounts = { rq_total: 9, rq_success: 0, rq_error: 9, cx_total: 9 };
    const cases: [string, number, HostCounts, Record<string, number>][] = [
        ["4318, statistics kept", 4318, unanswered, { upstream_rq_4xx: 9 }],
        ["4318, none kept", 4318, unanswered, {}],
        ["9411, connections reset", 9411, reset, {}],
        ["9411, statistics kept", 9411, reset, { upstream_rq_4xx: 0, upstream_rq_503: 0 }],
    ];
    for (const [what, port, counts, stats] of cases) {
        it(`is told with the port that takes it (${what})`, () => {
            const diagnosis = diagnosisOf((patient) => {
                wrongPort(patient, port, counts, stats);
            });
            assert.equal(diagnosis.brokenAt, "export");
            const { got, steps } = findingOf(diagnosis, "collector-port-protocol");
            assert.match(
                got,
                new RegExp(
                    `^port ${String(port)} .*which accepts ${port === 4318 ? "otlp-http" : "zipkin"} according to the Service$`,
                ),
            );
            assert.deepEqual(
                steps.map(({ verb }) => verb),
                ["setMesh"],
            );
            assert.match(
                JSON.stringify(steps[0]),
                /"after":\{"extensionProviders":\[\{"name":"jaeger","opentelemetry":\{"service":"jaeger-collector\.[^"]*","port":4317\}/,
            );
        });
    }

    it("marks the right port for gRPC before it is named, where nothing says so", () => {
        const diagnosis = diagnosisOf((patient) => {
            wrongPort(patient, 4318, unanswered);
            const [grpc] = patient.collectorService.spec?.ports ?? [];
            Object.assign(grpc ?? {}, { name: "otlp", appProtocol: undefined });
        });
        const { steps } = findingOf(diagnosis, "collector-port-protocol");
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["patch", "setMesh"],
        );
    });

    it("is believed by what its pods answer before what its Service says", () => {
        const diagnosis = diagnosisOf((patient) => {
            wrongPort(patient, 4317, unanswered);
            patient.evidence.receivers = asked([JAEGER, "otlp-http"]);
        });
        assert.match(
            findingOf(diagnosis, "collector-port-protocol").got,
            /which accepts otlp-http according to its pods' answers$/,
        );
    });

    it("gets no mark for gRPC where nobody knows what the port takes", () => {
        const diagnosis = diagnosisOf((patient) => {
            wrongPort(patient, 9000, unanswered);
            patient.collectorService.spec?.ports?.push({ name: "spans", appProtocol: "http", port: 9000 });
            const slices = patient.discovery.endpointSlices as { value: { ports: unknown[] }[] };
            slices.value[0]?.ports.push({ name: "spans", port: 9000 });
        });
        assert.deepEqual(findingOf(diagnosis, "collector-port-grpc").steps, []);
    });

    it("gets the mark where the port is that of OTLP over gRPC", () => {
        const diagnosis = diagnosisOf((patient) => {
            wrongPort(patient, 4317, reset);
            const [grpc] = patient.collectorService.spec?.ports ?? [];
            Object.assign(grpc ?? {}, { name: "otlp", appProtocol: undefined });
        });
        assert.match(
            findingOf(diagnosis, "collector-port-grpc").commands[0] ?? "",
            /"appProtocol","value":"grpc"|appProtocol/,
        );
    });
});

describe("a share of failed export calls", () => {
    const share: HostCounts = { rq_total: 20, rq_success: 17, rq_error: 3, cx_total: 2 };

    it("breaks export, also where every probe came through", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.exports = { [ADDRESS]: share };
        });
        assert.equal(diagnosis.brokenAt, "export");
        assert.equal(diagnosis.healthy, false);
        assert.match(
            findingOf(diagnosis, "export-failing").got,
            /^6 of 40 calls failed, all of them at 10\.0\.0\.9:4317/,
        );
    });

    it("is none of a sidecar's whole life, which may be long over", () => {
        const evidence = evidenceOf((patient) => {
            patient.exports = { [ADDRESS]: share };
        });
        for (const sidecar of [evidence.source, ...evidence.targets])
            if (sidecar !== undefined) sidecar.sinceStart = true;
        assert.deepEqual(foundIn(diagnose(evidence)), []);
    });

    it("is no fault of export where the collector itself counts what it refused", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.exports = { [ADDRESS]: share };
            patient.spans = "none";
            patient.counts[JAEGER] = { accepted: 10, refused: 8, stored: 10, storeFailed: 0, queued: 0 };
        });
        assert.deepEqual(foundIn(diagnosis), ["reception: collector-refuses"]);
    });
});

describe("a collector that no connection reaches", () => {
    const words = (counts: HostCounts, stats: Record<string, number>, receivers: Evidence["receivers"] = []): string =>
        findingOf(
            diagnosisOf((patient) => {
                wrongPort(patient, 4317, counts, stats);
                patient.evidence.receivers = receivers;
            }),
            "collector-unreachable",
        ).got;
    const failing: HostCounts = { rq_total: 0, rq_error: 4, cx_total: 4, cx_connect_fail: 4 };

    it("is refused, dropped, or one of them, in three sentences", () => {
        assert.match(
            words(failing, { upstream_cx_connect_timeout: 0 }),
            /^4 connections refused: no process listens there/,
        );
        assert.match(
            words(failing, { upstream_cx_connect_timeout: 4 }),
            /no answer: something on the way drops the packets/,
        );
        assert.match(words({ cx_total: 2 }, {}), /no answer: something on the way drops the packets/);
        assert.match(words(failing, {}), /^4 connections failed, refused or unanswered/);
    });

    it("is told with what its pod answers inside", () => {
        const got = words(failing, {}, asked([JAEGER, "closed"]));
        assert.match(
            got,
            /^4 connections refused.*queried from inside, Pod istio-system\/jaeger-7f9-abc does not listen at 4317$/,
        );
    });

    it("is told with an address that no pod has", () => {
        const diagnosis = diagnosisOf((patient) => {
            wrongPort(patient, 4317, {});
            patient.exports = { "10.9.9.9:4317": failing };
            if (patient.collectorService.spec !== undefined) patient.collectorService.spec.selector = {};
        });
        assert.equal(stateOf(diagnosis, "export"), "broken");
        assert.match(
            findingOf(diagnosis, "collector-unreachable").got,
            /at 10\.9\.9\.9:4317, which no pod of the cluster has/,
        );
    });
});
