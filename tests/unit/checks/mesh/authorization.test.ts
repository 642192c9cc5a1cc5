import assert from "node:assert/strict";
import { denialsOf, type AuthorizedRequest } from "../../../../checks/mesh/authorization";
import type { Manifest } from "../../../../shared/kubernetes/manifest";

const POD = { labels: { app: "jaeger" }, namespace: "istio-system", rootNamespace: "istio-system" };
const FROM = { principals: ["cluster.local/ns/demo/sa/frontend"], namespace: "demo" };
const SPANS: AuthorizedRequest = { from: FROM, port: 4317, method: "POST", path: "/Export" };

function policy(spec: Manifest, namespace = "istio-system"): Manifest {
    const metadata = { name: "policy", namespace };
    return { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy", metadata, spec };
}

function allow(...rules: Manifest[]): Manifest {
    return policy({ rules });
}

function deny(...rules: Manifest[]): Manifest {
    return policy({ action: "DENY", rules });
}

const source = (fields: Manifest): Manifest => ({ from: [{ source: fields }] });
const operation = (fields: Manifest): Manifest => ({ to: [{ operation: fields }] });

describe("AuthorizationPolicies in the way of a request", () => {
    const letIn: Record<string, Manifest[]> = {
        "no policy": [],
        "one that lets in everybody": [allow({})],
        "one that lets in every workload of the mesh": [allow(source({ principals: ["*"] }))],
        "one of several rules that lets it in": [
            allow(source({ namespaces: ["shop"] }), operation({ ports: ["4317"] })),
        ],
        "a second policy that lets it in": [policy({}), allow(source({ namespaces: ["demo"] }))],
        "one whose condition nobody knows": [allow({ when: [{ key: "request.headers[x]", values: ["y"] }] })],
        "one that keeps out other ports": [deny(operation({ ports: ["16686"] }))],
        "one that keeps out all but its namespace": [deny(source({ notNamespaces: ["demo"] }))],
        "one for other pods": [policy({ selector: { matchLabels: { app: "backend" } } })],
        "one of another namespace": [policy({}, "demo")],
        "one that only audits": [policy({ action: "AUDIT", rules: [{}] })],
    };
    for (const [what, policies] of Object.entries(letIn)) {
        it(`are not: ${what}`, () => {
            assert.deepEqual(denialsOf(policies, SPANS, POD), []);
        });
    }

    const keptOut: Record<string, [Manifest[], string]> = {
        "one that lets in nobody": [[policy({})], "action ALLOW, and no rule matches"],
        "one that lets in another namespace": [
            [allow(source({ namespaces: ["shop"] }))],
            "action ALLOW, and no rule matches",
        ],
        "one that lets in another port": [
            [allow(operation({ ports: ["16686"] }))],
            "action ALLOW, and no rule matches",
        ],
        "one of two sources, neither of which it is": [
            [allow({ from: [{ source: { namespaces: ["a"] } }, { source: { principals: ["*/sa/b"] } }] })],
            "action ALLOW, and no rule matches",
        ],
        "one that wants a token": [[allow(source({ requestPrincipals: ["*"] }))], "action ALLOW, and no rule matches"],
        "one that wants a claim of a token": [
            [allow({ when: [{ key: "request.auth.claims[groups]", values: ["a"] }] })],
            "action ALLOW, and no rule matches",
        ],
        "one that keeps out what has no token": [
            [deny(source({ notRequestPrincipals: ["*"] }))],
            "action DENY, and rule 1 matches",
        ],
        "one that keeps out all": [[deny({})], "action DENY, and rule 1 matches"],
        "one that keeps out what does not come from elsewhere": [
            [deny(source({ namespaces: ["shop"] }), source({ notPrincipals: ["cluster.local/ns/shop/*"] }))],
            "action DENY, and rule 2 matches",
        ],
    };
    for (const [what, [policies, got]] of Object.entries(keptOut)) {
        it(`are: ${what}`, () => {
            assert.deepEqual(
                denialsOf(policies, SPANS, POD).map((denial) => denial.got),
                [got],
            );
        });
    }

    it("know no identity in plain text", () => {
        const mesh = [allow(source({ principals: ["*"] }))];
        assert.equal(denialsOf(mesh, { ...SPANS, from: undefined }, POD).length, 1);
    });
});
