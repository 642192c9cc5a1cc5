import assert from "node:assert/strict";
import { checkInjectable, checkNamespaceFree, checkPodSecurity } from "../../../../checks/cluster/namespaces";

describe("a namespace of the program", () => {
    const planned = {
        ...{ name: "demo", resourceName: "demo", setting: "demo.namespace" },
        ...{ policySetting: "ownNamespaces.demo", existing: false },
    };
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
        assert.match(finding.cure, /^Use it .*pulumi config set --path ownNamespaces\.demo\.existing true/);
        assert.match(finding.cure, /demo\.namespace.*pulumi import kubernetes:core\/v1:Namespace demo demo/);
    });

    it("that somebody else has made for it must be there, and may be theirs", () => {
        const theirs = { ...planned, existing: true };
        assert.deepEqual(checkNamespaceFree(theirs, namespace({}), false), []);
        const [finding] = checkNamespaceFree(theirs, undefined, false);
        assert.deepEqual([finding?.id, finding?.severity], ["namespace-exists", "error"]);
        assert.match(finding?.cure ?? "", /kubectl create namespace demo/);
    });

    it("that is theirs must not keep this program's sidecars out by its labels", () => {
        const labelled = (labels: Record<string, string>) => checkInjectable(namespace({ labels }))[0]?.got;
        assert.match(labelled({ "istio-injection": "disabled" }) ?? "", /^istio-injection=disabled/);
        assert.match(labelled({ "istio.io/rev": "canary" }) ?? "", /^istio.io\/rev=canary/);
        const fine: Record<string, string>[] = [{}, { "istio-injection": "enabled" }, { "istio.io/rev": "default" }];
        for (const labels of fine) assert.equal(labelled(labels), undefined);
        assert.deepEqual(checkInjectable(undefined), []);
    });

    it("that is theirs may ask for this program's revision by its name or a tag, and not by the label of another", () => {
        const labelled = (labels: Record<string, string>) =>
            checkInjectable(namespace({ labels }), ["1-31-1", "stable"])[0];
        for (const revision of ["1-31-1", "stable"]) assert.equal(labelled({ "istio.io/rev": revision }), undefined);
        assert.equal(labelled({}), undefined);
        assert.match(labelled({ "istio.io/rev": "default" })?.got ?? "", /^istio.io\/rev=default/);
        const bySwitch = labelled({ "istio-injection": "enabled" });
        assert.match(bySwitch?.got ?? "", /^istio-injection=enabled/);
        assert.match(bySwitch?.expected ?? "", /^istio.io\/rev=1-31-1 or stable/);
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
