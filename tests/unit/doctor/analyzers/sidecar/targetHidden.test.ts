import assert from "node:assert/strict";
import { diagnosisOf, findingOf } from "../../patient";
import type { Patient } from "../../patientModel";

/** A backend that only another namespace may see, so that the frontend's sidecar has no listener for it. */
function unseen(patient: Patient): void {
    patient.outbound = [];
    patient.evidence.missing = "frontend";
}

describe("a Service that is not exported to its caller", () => {
    it("is named with the annotation that hides it", () => {
        const { resource, segment, got, commands } = findingOf(
            diagnosisOf((patient) => {
                unseen(patient);
                const backend = patient.services.find(({ metadata }) => metadata.name === "backend");
                Object.assign(backend?.metadata ?? {}, { annotations: { "networking.istio.io/exportTo": "shop" } });
            }),
            "target-not-visible",
        );
        assert.deepEqual([segment, resource], ["sidecar", "Service demo/backend"]);
        assert.match(got, /^networking\.istio\.io\/exportTo: shop/);
        assert.match(commands.join(), /^kubectl annotate service backend -n demo .*networking\.istio\.io\/exportTo=/);
    });

    it("is named with the default of the mesh configuration", () => {
        const { got } = findingOf(
            diagnosisOf((patient) => {
                unseen(patient);
                Object.assign(patient.mesh.config, { defaultServiceExportTo: ["~"] });
            }),
            "target-not-visible",
        );
        assert.match(got, /defaultServiceExportTo ~ of the mesh configuration istio-system\/istio/);
    });
});
