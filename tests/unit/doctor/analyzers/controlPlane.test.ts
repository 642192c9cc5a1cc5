import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, put } from "../patient";
import type { Patient } from "../patientModel";

/** A control plane with such a state. */
function istiod(spec: object, status: object | undefined): (patient: Patient) => void {
    return (patient) => {
        const metadata = { name: "istiod", namespace: "istio-system", labels: { app: "istiod" } };
        put(patient.discovery, "istiods", { metadata, spec, status });
        put(patient.discovery, "meshConfigMaps", {
            metadata: { name: "istio", namespace: "istio-system" },
            data: { mesh: JSON.stringify(patient.mesh.config) },
        });
    };
}

describe("a control plane without a ready pod", () => {
    it("is a warning, because traces still arrive, and is scaled up where it was scaled down", () => {
        const diagnosis = diagnosisOf(istiod({ replicas: 0 }, {}));
        assert.deepEqual(foundIn(diagnosis), ["sidecar: istiod-not-ready"]);
        const { got, commands } = findingOf(diagnosis, "istiod-not-ready");
        assert.match(got, /^none, because replicas is 0: sidecars keep their current configuration/);
        assert.match(commands.join("\n"), /^kubectl scale deployment\/istiod -n istio-system --replicas=1\n/);
    });

    it("leads to its pods where it should run", () => {
        const { cure, commands } = findingOf(
            diagnosisOf(istiod({ replicas: 2 }, { readyReplicas: 0 })),
            "istiod-not-ready",
        );
        assert.match(cure, /kubectl describe pods -n istio-system -l app=istiod$/);
        assert.deepEqual(commands, []);
    });

    it("is none with a ready pod, or where its state is unknown", () => {
        assert.deepEqual(foundIn(diagnosisOf(istiod({}, { readyReplicas: 1 }))), []);
        assert.deepEqual(foundIn(diagnosisOf(istiod({}, undefined))), []);
    });
});
