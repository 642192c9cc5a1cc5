import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../doctor/segments";
import { diagnosisOf, findingOf } from "../patient";
import type { Patient } from "../patientModel";
import { probe } from "../patientParts";

/** What is said when the source's pod cannot resolve the name of its target. */
function unresolved(change: (patient: Patient) => void = () => undefined): DoctorFinding {
    const diagnosis = diagnosisOf((patient) => {
        patient.evidence.probes = [0, 1, 2].map((index) => {
            const one = probe(index, 0, false);
            return { ...one, answer: { ...one.answer, error: "Could not resolve host: backend", unresolved: true } };
        });
        change(patient);
    });
    return findingOf(diagnosis, "name-unresolved");
}

describe("a name that the source's pod cannot resolve", () => {
    it("is a fault of the cluster's DNS when the cluster has the Service", () => {
        const { got, cure } = unresolved();
        assert.equal(got, "Could not resolve host: backend");
        assert.match(
            cure,
            /^Service demo\/backend exists, so the cluster's DNS server, or the connection to it, is at fault.*k8s-app=kube-dns/,
        );
        assert.doesNotMatch(cure, /--to/);
    });

    it("is a wrong name when the cluster has no such Service", () => {
        const { cure } = unresolved(({ evidence, frontend }) => {
            evidence.path = { source: frontend, url: "http://typo/", service: undefined, port: 80, targets: [] };
        });
        assert.match(cure, /^Correct the host of the request \(--to\), or create the Service/);
    });
});
