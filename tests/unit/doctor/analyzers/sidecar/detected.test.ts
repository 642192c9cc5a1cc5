import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn } from "../../patient";
import type { Patient } from "../../patientModel";
import { ADDRESS } from "../../remediation/scenarioParts";

/** A backend whose port says nothing of its protocol, and whose sidecar reported no span. */
function undeclared(patient: Patient): void {
    const backend = patient.services.find(({ metadata }) => metadata.name === "backend");
    Object.assign(backend?.spec ?? {}, { ports: [{ name: "web", port: 80, targetPort: "http" }] });
    const [http] = patient.inbound;
    if (http === undefined) return;
    patient.inbound = [http, { ...http, kind: "tcp", tracing: undefined }];
    patient.evidence.missing = "backend";
    patient.exports = { [ADDRESS]: { rq_total: 0 } };
}

describe("a port whose protocol the target's sidecar detects", () => {
    it("is named where it took the requests for TCP, whatever it counted", () => {
        for (const taken of [0, 3]) {
            const diagnosis = diagnosisOf((patient) => {
                undeclared(patient);
                patient.taken = taken;
            });
            const { segment, resource, got, commands } = findingOf(diagnosis, "service-port-protocol");
            assert.deepEqual([segment, resource], ["sidecar", "Service demo/backend"]);
            assert.match(
                got,
                /^name web: sidecars detect the protocol .* treated these connections as TCP and created no spans$/,
            );
            assert.match(commands.join(), /"path":"\/spec\/ports\/0\/appProtocol","value":"http"/);
            assert.equal(diagnosis.brokenAt, "sidecar");
        }
    });

    it("is no fault where it has spans, where its log has the request, or where the port is declared", () => {
        const silent = (harm: (patient: Patient) => void): string[] =>
            foundIn(
                diagnosisOf((patient) => {
                    undeclared(patient);
                    harm(patient);
                }),
            ).filter((found) => found.endsWith("service-port-protocol"));
        assert.deepEqual(
            silent((patient) => {
                delete patient.evidence.missing;
            }),
            [],
        );
        assert.deepEqual(
            silent((patient) => {
                patient.evidence.logLines = { "demo/backend-7f9-abc": ['"GET / HTTP/1.1" 200'] };
            }),
            [],
        );
        assert.deepEqual(
            silent((patient) => {
                const backend = patient.services.find(({ metadata }) => metadata.name === "backend");
                Object.assign(backend?.spec?.ports?.[0] ?? {}, { appProtocol: "http" });
            }),
            [],
        );
    });
});

describe("a port that is declared as encrypted", () => {
    const said = (status: number): string =>
        findingOf(
            diagnosisOf((patient) => {
                undeclared(patient);
                const backend = patient.services.find(({ metadata }) => metadata.name === "backend");
                Object.assign(backend?.spec?.ports?.[0] ?? {}, { appProtocol: "https" });
                patient.status = status;
                patient.outbound = patient.outbound.map((chain) => ({ ...chain, kind: "tcp", tracing: undefined }));
            }),
            "service-port-protocol",
        ).got;

    it("is told from what the application answers", () => {
        assert.match(said(200), /appProtocol https, although it answers in plain HTTP: sidecars treat it as TCP/);
        assert.match(said(503), /appProtocol https: sidecars treat it as TCP/);
    });
});
