import assert from "node:assert/strict";
import { checkRights } from "../../../../checks/cluster/rights";

describe("rights", () => {
    const answer = (verb: string, resource: string, namespace: string | undefined, allowed = false) => ({
        ...{ verb, resource, namespace, allowed },
    });

    it("are fine when everything is allowed", () => {
        assert.deepEqual(checkRights([answer("create", "secrets", "istio-system", true)], "me"), []);
    });

    it("that are missing are named together, once for the cluster and once for each namespace", () => {
        const findings = checkRights(
            [
                answer("create", "namespaces", undefined),
                answer("create", "secrets", "istio-system"),
                answer("update", "secrets", "istio-system"),
                answer("get", "secrets", "istio-system", true),
                answer("create", "services", "istio-system"),
            ],
            "jane",
        );
        assert.deepEqual(
            findings.map(({ resource, got }) => `${resource}: ${got}`),
            [
                "rights in the whole cluster: denied to jane: create: namespaces",
                "rights in the namespace istio-system: denied to jane: create, update: secrets; create: services",
            ],
        );
        assert.match(findings[1]?.cure ?? "", /kubectl auth can-i create secrets -n istio-system$/);
    });

    it("to grant are a warning: whoever holds all of a role's rights may grant it without", () => {
        const [finding, ...more] = checkRights([answer("escalate", "clusterroles", undefined)], undefined);
        assert.deepEqual(more, []);
        assert.equal(finding?.severity, "warning");
        assert.equal(finding.got, "denied: escalate: clusterroles");
    });

    it("to grant are not named when the roles cannot be written anyway", () => {
        const findings = checkRights(
            [answer("create", "clusterroles", undefined), answer("bind", "clusterroles", undefined)],
            undefined,
        );
        assert.deepEqual(
            findings.map(({ severity }) => severity),
            ["error"],
        );
    });
});
