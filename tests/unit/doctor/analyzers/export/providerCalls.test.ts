import assert from "node:assert/strict";
import { formatCommand } from "../../../../../doctor/remediation/commands";
import type { PodReceiver } from "../../../../../doctor/evidence/receivers";
import { diagnosisOf, findingOf, foundIn, HOST, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { withSidecar } from "../../remediation/scenarioParts";

const POD = "istio-system/jaeger-7f9-abc";

/** A provider with these settings, some of whose calls end at the timeout although all traces arrive. */
function calls(settings: object, port: number, failed: number): (patient: Patient) => void {
    return (patient) => {
        patient.provider["opentelemetry"] = { service: HOST, port, ...settings };
        patient.exports = {
            [`10.0.0.9:${String(port)}`]: {
                ...{ rq_total: 9, rq_success: 9 - failed, rq_error: failed, rq_timeout: failed, cx_total: 1 },
            },
        };
    };
}

function receiver(taken: PodReceiver["taken"], path: string): PodReceiver {
    return { pod: POD, port: 4318, taken, path };
}

describe("a provider's timeout in which the collector cannot answer", () => {
    const faults: [string, string, (patient: Patient) => void][] = [
        ["OTLP over HTTP", "provider-http-unfit", calls({ http: { path: "/v1/traces", timeout: "1ms" } }, 4318, 3)],
        ["OTLP over gRPC", "provider-grpc-unfit", calls({ grpc: { timeout: "0.001s" } }, 4317, 3)],
        [
            "OTLP over HTTP, and every call",
            "provider-http-unfit",
            calls({ http: { path: "/v1/traces", timeout: "1ms" } }, 4318, 9),
        ],
        [
            "OTLP over gRPC, with 200 ms at a slow collector",
            "provider-grpc-unfit",
            calls({ grpc: { timeout: "200ms" } }, 4317, 1),
        ],
    ];
    for (const [what, id, harm] of faults) {
        it(`is an error though every trace arrived (${what})`, () => {
            const diagnosis = diagnosisOf(harm);
            assert.deepEqual(foundIn(diagnosis), [`export: ${id}`]);
            const { got, severity, steps } = findingOf(diagnosis, id);
            assert.equal(severity, "error");
            assert.match(got, /^the timeout \S+; .*; \d+ calls ended at the timeout$/);
            const command = steps.map((step) => formatCommand(step)).join("\n");
            assert.match(command, /timeout: 3s/);
            assert.doesNotMatch(command, /1ms|0\.001s|200ms/);
            if (id === "provider-http-unfit") assert.match(command, /path: \/v1\/traces/);
        });
    }

    const others: [string, (patient: Patient) => void][] = [
        ["a long timeout", calls({ http: { path: "/v1/traces", timeout: "3s" } }, 4318, 3)],
        ["no timeout", calls({ grpc: { timeout: "0s" } }, 4317, 3)],
        ["none set", calls({}, 4317, 3)],
    ];
    for (const [what, harm] of others) {
        it(`is not blamed for failed calls with ${what}`, () => {
            assert.deepEqual(foundIn(diagnosisOf(harm)), ["export: export-failing"]);
        });
    }
});

describe("a provider's own path", () => {
    function silent(path: string, found: PodReceiver): (patient: Patient) => void {
        return (patient) => {
            calls({ http: { path, timeout: "3s" } }, 4318, 0)(patient);
            patient.exports = { "10.0.0.9:4318": { rq_total: 9, rq_success: 0 } };
            patient.spans = "none";
            patient.counts = { [POD]: { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 } };
            patient.evidence.receivers = [found];
        };
    }

    it("is not blamed where the pods accept spans at it", () => {
        const diagnosis = diagnosisOf(silent("/otlp/v1/traces", receiver("otlp-http", "/otlp/v1/traces")));
        assert.deepEqual(foundIn(diagnosis), ["export: export-failing"]);
    });

    it("is named where they accept spans at the usual path alone", () => {
        const diagnosis = diagnosisOf(silent("/v2/traces", receiver("otlp-http", "/v1/traces")));
        assert.match(findingOf(diagnosis, "provider-http-unfit").got, /^the path \/v2\/traces; /);
    });

    it("is what to check where nobody can ask the collector, and it answers with 404", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent("/v2/traces", receiver("other-http", "/"))(patient);
            patient.evidence.receivers = [];
            patient.stats.after = { [`cluster.outbound|4318||${HOST};.upstream_rq_4xx`]: 9 };
        });
        const { got, cure } = findingOf(diagnosis, "export-failing");
        assert.equal(got, "9 of 9 calls were answered with a status of 400 to 499");
        assert.match(cure, /at the path \/v2\/traces \(stack setting: collector\.path\)/);
    });

    it("is what a policy of the collector has to allow", () => {
        const allowing = (path: string): string[] =>
            foundIn(
                diagnosisOf((patient) => {
                    silent("/otlp/v1/traces", receiver("otlp-http", "/otlp/v1/traces"))(patient);
                    withSidecar(patient);
                    const to = [{ operation: { paths: [path] } }];
                    put(
                        patient.discovery,
                        "authorizationPolicies",
                        objectOf("istio-system", "spans", { rules: [{ to }] }),
                    );
                }),
            );
        assert.deepEqual(allowing("/v1/traces"), ["export: collector-authorization"]);
        assert.deepEqual(allowing("/otlp/v1/traces"), ["export: export-failing"]);
    });
});
