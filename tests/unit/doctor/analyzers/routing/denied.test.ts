import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

/** What is said of requests that are answered with 403. */
function rejected(change: (patient: Patient) => void): DoctorFinding {
    return findingOf(
        diagnosisOf((patient) => {
            patient.status = 403;
            change(patient);
        }),
        "request-failed",
    );
}

function policy(patient: Patient, spec: Record<string, unknown>): void {
    put(patient.discovery, "authorizationPolicies", objectOf("demo", "strict", spec));
}

function log(patient: Patient, details: string): void {
    patient.evidence.logLines = { "demo/backend-7f9-abc": [`"GET / HTTP/1.1" 403 - ${details} - "-" 0 19 0`] };
}

describe("a request that a policy rejects", () => {
    it("names the policy, the rule, and the source's principal", () => {
        const { resource, got, cure, commands } = rejected((patient) => {
            policy(patient, { action: "DENY", rules: [{ to: [{ operation: { ports: ["9"] } }] }, {}] });
            if (patient.frontend.spec !== undefined) patient.frontend.spec.serviceAccountName = "web";
        });
        assert.equal(resource, "AuthorizationPolicy demo/strict");
        assert.equal(
            got,
            "403, 403, 403: action DENY, and rule 2 matches: rejects GET / at port 8080 of Pod demo/backend-7f9-abc from cluster.local/ns/demo/sa/web",
        );
        assert.match(
            cure,
            /^If cluster\.local\/ns\/demo\/sa\/web may call the application, exclude it from that rule\./,
        );
        assert.match(
            commands.join("\n"),
            /"path":"\/spec\/rules\/1",.*"notPrincipals":\["cluster\.local\/ns\/demo\/sa\/web"\]/,
        );
    });

    it("gets a policy that allows the source where no rule matches", () => {
        const { commands } = rejected((patient) => {
            policy(patient, { rules: [{ from: [{ source: { namespaces: ["shop"] } }] }] });
        });
        assert.equal(commands.length, 1);
        assert.match(commands.join(), /name: backend-callers\n +namespace: demo/);
        assert.match(commands.join(), /principals:\n +- cluster\.local\/ns\/demo\/sa\/default/);
        assert.match(commands.join(), /ports:\n +- "8080"/);
    });

    it("knows the trust domain of the mesh, and a source without an identity", () => {
        const own = rejected((patient) => {
            policy(patient, {});
            Object.assign(patient.mesh.config, { trustDomain: "corp.example" });
        });
        assert.match(own.got, /from corp\.example\/ns\/demo\/sa\/default$/);
        const plain = rejected((patient) => {
            policy(patient, { rules: [{ from: [{ source: { principals: ["*"] } }] }] });
            const spec = { host: "backend.demo.svc.cluster.local", trafficPolicy: { tls: { mode: "DISABLE" } } };
            put(patient.discovery, "destinationRules", objectOf("demo", "plain", spec));
        });
        assert.match(plain.got, /from a sender without an identity, in plain text$/);
        assert.doesNotMatch(plain.commands.join(), /principals/);
    });

    it("is a warning without a command where the policy asks for a token, which other clients may have", () => {
        const rules: Record<string, unknown>[] = [
            { from: [{ source: { requestPrincipals: ["*"] } }] },
            { when: [{ key: "request.auth.claims[groups]", values: ["a"] }] },
        ];
        for (const rule of rules) {
            const diagnosis = diagnosisOf((patient) => {
                patient.status = 403;
                policy(patient, { rules: [rule] });
            });
            const { resource, severity, got, commands } = findingOf(diagnosis, "request-failed");
            assert.deepEqual([resource, severity, commands], ["AuthorizationPolicy demo/strict", "warning", []]);
            assert.match(got, /^403, 403, 403: .* ask for a token \(JWT\), and the doctor's requests have none$/);
            assert.ok(diagnosis.healthy);
        }
    });

    it("is known from the target's access log where a condition hides the reason", () => {
        const when = [{ key: "request.headers[x]", notValues: ["y"] }];
        const denied = rejected((patient) => {
            policy(patient, { action: "DENY", rules: [{ when }] });
            log(patient, "rbac_access_denied_matched_policy[ns[demo]-policy[strict]-rule[0]]");
        });
        assert.equal(denied.resource, "AuthorizationPolicy demo/strict");
        assert.match(denied.got, /action DENY, and rule 1 matches according to the access log/);
        const missed = rejected((patient) => {
            policy(patient, { rules: [{ when }] });
            log(patient, "rbac_access_denied_matched_policy[none]");
        });
        assert.equal(missed.resource, "AuthorizationPolicies for Pod demo/backend-7f9-abc");
    });

    it("is no fault where the application itself answers 403", () => {
        assert.deepEqual(
            foundIn(
                diagnosisOf((patient) => {
                    patient.status = 403;
                }),
            ),
            [],
        );
    });
});

describe("spans that a policy of the collector rejects", () => {
    it("are missed from the target alone where only its identity is rejected", () => {
        const finding = findingOf(
            diagnosisOf((patient) => {
                const [jaeger] = patient.jaegers;
                if (jaeger?.spec !== undefined) jaeger.spec.initContainers = [{ name: "istio-proxy" }];
                if (patient.backend.spec !== undefined) patient.backend.spec.serviceAccountName = "backend";
                const rules = [{ from: [{ source: { principals: ["cluster.local/ns/demo/sa/default"] } }] }];
                put(patient.discovery, "authorizationPolicies", objectOf("istio-system", "some", { rules }));
                patient.evidence.missing = "backend";
            }),
            "collector-authorization",
        );
        assert.match(
            finding.got,
            /^action ALLOW, and no rule matches: rejects POST .* from cluster\.local\/ns\/demo\/sa\/backend$/,
        );
    });
});
