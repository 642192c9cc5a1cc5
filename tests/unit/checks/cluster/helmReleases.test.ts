import assert from "node:assert/strict";
import { checkRelease, releaseRevision, type ReleaseRevision } from "../../../../checks/cluster/helmReleases";

describe("a Helm release of the program", () => {
    const revision = (number: number, status: string): ReleaseRevision => ({
        ...{ name: "istiod", namespace: "istio-system", revision: number, status },
    });

    it("is fine when it is deployed by this program, or not there", () => {
        assert.deepEqual(checkRelease([], "istiod", false), []);
        assert.deepEqual(checkRelease([revision(1, "superseded"), revision(2, "deployed")], "istiod", true), []);
        assert.deepEqual(checkRelease([revision(1, "failed")], "istio-base", true), []);
    });

    it("is an error when somebody else installed it under the same name", () => {
        const [finding] = checkRelease([revision(1, "deployed")], "istiod", false);
        assert.equal(finding?.id, "helm-release-owner");
        assert.match(finding.cure, /helm uninstall istiod -n istio-system/);
    });

    it("is to be repaired by our own command when an install, an upgrade or a rollback is pending", () => {
        for (const status of ["pending-install", "pending-upgrade", "pending-rollback"]) {
            const [finding] = checkRelease([revision(10, "deployed"), revision(11, status)], "istiod", true);
            assert.equal(finding?.severity, "error", status);
            assert.equal(finding.got, `the status ${status} at revision 11`);
            assert.match(finding.cure, /npm run repair -- --stack STACK --yes, then pulumi up again$/);
        }
    });

    it("is to be removed by Helm when it is half way and not of this program", () => {
        const [finding] = checkRelease([revision(1, "pending-install")], "istiod", false);
        assert.match(finding?.cure ?? "", /helm uninstall istiod -n istio-system$/);
    });

    it("is to be destroyed further, or to be had back, when an uninstall never ended", () => {
        const [finding] = checkRelease([revision(1, "uninstalling")], "istiod", true);
        assert.equal(finding?.severity, "error");
        assert.match(finding.cure, /pulumi destroy.*npm run repair -- --stack STACK --yes, then pulumi up/);
    });

    it("is tried again after a failure when the stack knows it, and stands in the way otherwise", () => {
        const known = checkRelease([revision(1, "failed")], "istiod", true)[0];
        assert.equal(known?.severity, "warning");
        assert.match(known.cure, /run pulumi up, which tries again/);
        assert.equal(checkRelease([revision(1, "failed")], "istiod", false)[0]?.severity, "error");
    });

    it("is read from the labels of Helm's Secret, and other Secrets are passed over", () => {
        const labels = { owner: "helm", name: "istiod", version: "3", status: "deployed" };
        const metadata = { name: "sh.helm.release.v1.istiod.v3", namespace: "istio-system", labels };
        assert.deepEqual(releaseRevision({ metadata }), revision(3, "deployed"));
        const times = { creationTimestamp: "1970-01-01T00:01:00Z", labels: { ...labels, modifiedAt: "90" } };
        assert.equal(releaseRevision({ metadata: { ...metadata, ...times } })?.changedAt, 90);
        assert.equal(releaseRevision({ metadata: { ...metadata, labels: {} } }), undefined);
        assert.equal(releaseRevision({ metadata: { ...metadata, labels: { ...labels, version: "x" } } }), undefined);
    });
});
