import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

/** The rate limit of Istio's documentation, for a workload. */
function limit(patient: Patient, app: string): void {
    const value = { name: "envoy.filters.http.local_ratelimit", typed_config: {} };
    const patch = { applyTo: "HTTP_FILTER", patch: { operation: "INSERT_BEFORE", value } };
    const spec = { workloadSelector: { labels: { app } }, configPatches: [patch] };
    put(patient.discovery, "envoyFilters", objectOf("demo", "limit", spec));
}

describe("requests that a rate limit rejects", () => {
    it("are a warning that names the EnvoyFilter, because their traces arrive", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.status = 429;
            limit(patient, "backend");
        });
        const { resource, severity, segment, cure } = findingOf(diagnosis, "requests-limited");
        assert.deepEqual([resource, severity, segment], ["EnvoyFilter demo/limit", "warning", "routing"]);
        assert.match(cure, /--requests 3.* raise the limit in EnvoyFilter demo\/limit\.$/);
        assert.ok(diagnosis.healthy);
    });

    it("are known by the flag of the log where no EnvoyFilter explains them", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.status = 429;
            patient.evidence.responseFlags = "RL";
        });
        assert.match(findingOf(diagnosis, "requests-limited").got, /RL \(a rate limit rejected the request\)/);
    });

    it("are the application's own answers otherwise", () => {
        const found = (app: string, status: number): string[] =>
            foundIn(
                diagnosisOf((patient) => {
                    patient.status = status;
                    limit(patient, app);
                }),
            );
        assert.deepEqual(found("other", 429), []);
        assert.deepEqual(found("backend", 200), []);
    });
});
