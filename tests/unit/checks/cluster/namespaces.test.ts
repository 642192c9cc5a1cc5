import assert from "node:assert/strict";
import { checkNamespaceFree, checkPodSecurity } from "../../../../checks/cluster/namespaces";

describe("a namespace of the program", () => {
    const planned = { name: "demo", resourceName: "demo", setting: "demo.namespace" };
    const namespace = (metadata: object) => ({ metadata: { name: "demo", ...metadata } });

    it("is fine when it is free, made by Pulumi, or expected by an update", () => {
        assert.deepEqual(checkNamespaceFree(planned, undefined, false), []);
        assert.deepEqual(checkNamespaceFree(planned, namespace({}), true), []);
        const managedFields = [{ manager: "pulumi-kubernetes-12ab" }];
        assert.deepEqual(checkNamespaceFree(planned, namespace({ managedFields }), false), []);
    });

    it("is an error when somebody else made it, with the import and the setting as ways out", () => {
        const [finding] = checkNamespaceFree(planned, namespace({}), false);
        assert.equal(finding?.id, "namespace-free");
        assert.match(finding.cure, /demo\.namespace.*pulumi import kubernetes:core\/v1:Namespace demo demo/);
    });

    it("is an error while it is being deleted, even in an update", () => {
        const going = namespace({ deletionTimestamp: "2026-01-01T00:00:00Z" });
        assert.equal(checkNamespaceFree(planned, going, true)[0]?.id, "namespace-terminating");
    });

    it("must not enforce a Pod Security level that refuses sidecars, unless Istio's CNI plugin is used", () => {
        const enforcing = (level: string) => namespace({ labels: { "pod-security.kubernetes.io/enforce": level } });
        assert.equal(checkPodSecurity(enforcing("restricted"), false)[0]?.got, "restricted");
        assert.equal(checkPodSecurity(enforcing("baseline"), false)[0]?.severity, "error");
        assert.deepEqual(checkPodSecurity(enforcing("privileged"), false), []);
        assert.deepEqual(checkPodSecurity(enforcing("restricted"), true), []);
        assert.deepEqual(checkPodSecurity(namespace({}), false), []);
        assert.deepEqual(checkPodSecurity(undefined, false), []);
    });
});
