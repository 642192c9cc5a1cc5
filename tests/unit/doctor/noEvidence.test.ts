import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, objectOf, put, stateOf } from "./patient";
import type { Patient } from "./patientModel";

/** Nothing arrives, and the frontend's sidecar has no listener for the port. */
function withoutListener(patient: Patient): void {
    patient.outbound = [];
    patient.spans = "none";
    patient.exports = { "10.0.0.9:4317": { rq_total: 0, rq_success: 0 } };
    patient.counts["istio-system/jaeger-7f9-abc"] = { accepted: 40, refused: 0, stored: 40, storeFailed: 0, queued: 0 };
}

describe("the mesh of these tests", () => {
    it("is healthy", () => {
        const diagnosis = diagnosisOf();
        assert.deepEqual(foundIn(diagnosis), []);
        assert.ok(diagnosis.healthy);
        assert.deepEqual(
            diagnosis.segments.filter(({ state }) => state !== "ok"),
            [],
        );
    });
});

describe("a segment of which there is no evidence", () => {
    it("is unknown, and no later one is blamed for it", () => {
        const diagnosis = diagnosisOf(withoutListener);
        assert.equal(diagnosis.brokenAt, "sidecar");
        assert.deepEqual(foundIn(diagnosis), ["sidecar: lost-in-sidecar"]);
        assert.notEqual(stateOf(diagnosis, "storage"), "broken");
    });

    const hiding: [string, unknown, string][] = [
        ["leaves the target's port out", [{ port: { number: 9080 }, hosts: ["*/*"] }], "/spec/egress/-"],
        ["names other hosts alone", [{ hosts: ["istio-system/*"] }], "/spec/egress/0/hosts/-"],
        ["names another namespace", [{ hosts: ["other/*", "istio-system/*"] }], "/spec/egress/0/hosts/-"],
    ];
    for (const [what, egress, path] of hiding) {
        it(`is explained by a Sidecar resource that ${what}`, () => {
            const diagnosis = diagnosisOf((patient) => {
                withoutListener(patient);
                put(patient.discovery, "sidecars", objectOf("demo", "narrow", { egress }));
            });
            assert.equal(diagnosis.brokenAt, "sidecar");
            const { resource, steps, cure } = findingOf(diagnosis, "target-not-visible");
            assert.equal(resource, "Sidecar demo/narrow");
            assert.ok(steps.some((step) => step.verb === "patch" && step.patch.some((one) => one.path === path)));
            assert.match(cure, /This changes sidecars\.networking\.istio\.io demo\/narrow, so ask the owner first\.$/);
        });
    }

    it("is unknown where the target's sidecar has no listener for the port, whatever is missing behind it", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
            patient.inbound = [];
        });
        assert.equal(diagnosis.brokenAt, "sidecar");
        assert.deepEqual(foundIn(diagnosis), ["sidecar: lost-in-sidecar"]);
    });

    it("is unknown at the entry where neither span, log nor count shows the request", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
            patient.sent = {};
        });
        assert.equal(stateOf(diagnosis, "entry"), "broken");
        assert.deepEqual(foundIn(diagnosis), ["entry: lost-in-entry"]);
    });

    it("is ok at reception where each call was taken and spans were accepted, so that storage is to blame", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
        });
        assert.deepEqual(foundIn(diagnosis), ["storage: trace-not-found"]);
        assert.equal(stateOf(diagnosis, "reception"), "ok");
    });
});
