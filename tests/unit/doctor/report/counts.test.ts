import assert from "node:assert/strict";
import { lossFacts } from "../../../../doctor/report/facts";
import { diagnosisOf } from "../patient";

describe("the counts of a report", () => {
    it("are in the singular for one, and say what they count", () => {
        const { segments } = diagnosisOf((patient) => {
            patient.exports = { "10.0.0.9:4317": { rq_total: 1, rq_success: 0, cx_total: 1, cx_connect_fail: 1 } };
            patient.spans = "none";
        });
        const values = segments.find(({ segment }) => segment === "export")?.values ?? {};
        assert.equal(
            values["Pod demo/frontend-7f9-abc"],
            "1 address of the collector; during the probe 1 call, 0 succeeded, 1 failed, 1 connection failed",
        );
    });

    it("are left out where nothing counted them", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.counts = { "istio-system/jaeger-7f9-abc": "refused" };
        });
        const loss = { ...diagnosis.loss, exportsSucceeded: undefined, exportsFailed: undefined };
        const facts = new Map(lossFacts({ ...diagnosis, loss }));
        for (const station of ["created", "exported", "accepted", "stored"])
            assert.equal(facts.get(station), "not counted", station);
    });
});
