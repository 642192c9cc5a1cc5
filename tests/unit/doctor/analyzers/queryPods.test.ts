import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn } from "../patient";
import { selectsAll } from "../remediation/roleScenarios";

describe("a query Service that selects pods of every role of Jaeger", () => {
    it("is told the label that only query servers have, also where the doctor's own queries succeeded", () => {
        const diagnosis = diagnosisOf((patient) => {
            selectsAll(patient);
        });
        assert.deepEqual(foundIn(diagnosis), ["query: query-pod-foreign"]);
        assert.deepEqual([diagnosis.complete, diagnosis.healthy], [true, false]);
        const { got, commands } = findingOf(diagnosis, "query-pod-foreign");
        assert.match(got, /^of 2 ready pods, istio-system\/jaeger-collector-1 has none, so some queries fail$/);
        assert.deepEqual(commands, [
            `kubectl patch service jaeger-query -n istio-system --type=json -p '[{"op":"add","path":"/spec/selector/app.kubernetes.io~1component","value":"query"}]'`,
        ]);
    });

    it("is told so where a query failed, instead of a wrong port", () => {
        const diagnosis = diagnosisOf((patient) => {
            selectsAll(patient);
            patient.spans = "none";
            if (patient.evidence.query !== undefined) patient.evidence.query.problem = "connection refused";
        });
        assert.ok(foundIn(diagnosis).includes("query: query-pod-foreign"), foundIn(diagnosis).join());
    });

    it("is no fault with a target port by name, which other pods lack", () => {
        const diagnosis = diagnosisOf((patient) => {
            selectsAll(patient, "http-query");
        });
        assert.deepEqual(foundIn(diagnosis), []);
    });
});
