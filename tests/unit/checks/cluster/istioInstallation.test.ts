import assert from "node:assert/strict";
import {
    checkCrdOwnership,
    checkForeignControlPlanes,
    checkLeftoverWebhooks,
    checkMeshConfigOwnership,
} from "../../../../checks/cluster/istioInstallation";
import { isMadeByPulumi, isOwnedBy, type ClusterObject } from "../../../../shared/kubernetes/objects";

const BASE = { name: "istio-base", namespace: "istio-system" };
const ISTIOD = { name: "istiod", namespace: "istio-system" };

function owned(name: string, release: { name: string; namespace: string }, labels: Record<string, string> = {}) {
    return {
        metadata: {
            name,
            namespace: release.namespace,
            labels: { "app.kubernetes.io/managed-by": "Helm", ...labels },
            annotations: {
                "meta.helm.sh/release-name": release.name,
                "meta.helm.sh/release-namespace": release.namespace,
            },
        },
    };
}

function bare(name: string, namespace: string, labels: Record<string, string> = {}): ClusterObject {
    return { metadata: { name, namespace, labels } };
}

describe("an Istio that is in the cluster already", () => {
    it("is no finding when it is the program's own Helm release", () => {
        assert.deepEqual(checkForeignControlPlanes([], ISTIOD), []);
        assert.deepEqual(checkForeignControlPlanes([owned("istiod", ISTIOD)], ISTIOD), []);
    });

    it("is an error when another Helm release installed the default revision, and says which", () => {
        const [finding] = checkForeignControlPlanes([owned("istiod", { name: "mesh", namespace: "ops" })], ISTIOD);
        assert.equal(finding?.severity, "error");
        assert.match(finding.got, /revision default, installed by Helm release mesh in ops/);
        assert.match(finding.cure, /istio\.install false \(docs/);
        assert.match(finding.cure, /npm run adopt -- --stack NAME/);
        assert.match(finding.cure, /helm uninstall mesh -n ops/);
    });

    it("is an error when it has the revision under which this program installs its own", () => {
        const labels = { "istio.io/rev": "stable" };
        const [same] = checkForeignControlPlanes([bare("istiod-stable", "other", labels)], ISTIOD, "stable");
        assert.deepEqual([same?.severity, same?.expected], ["error", "no other Istio of the revision stable"]);
        const [other] = checkForeignControlPlanes([bare("istiod", "other", {})], ISTIOD, "stable");
        assert.equal(other?.severity, "warning");
    });

    it("is a warning when it is of another revision", () => {
        const labels = {
            "istio.io/rev": "canary",
            "operator.istio.io/managed": "Reconcile",
            "operator.istio.io/version": "1.30.2",
        };
        const [finding] = checkForeignControlPlanes([bare("istiod-canary", "other", labels)], ISTIOD);
        assert.equal(finding?.severity, "warning");
        assert.match(finding.got, /^Istio 1\.30\.2 of revision canary, installed by istioctl/);
        assert.match(finding.cure, /istio\.install false, and pulumi config set --path istio\.revision canary/);
        assert.doesNotMatch(finding.cure, /adopt/);
        assert.match(finding.cure, /istioctl uninstall --revision canary/);
    });
});

describe("what another Istio left behind", () => {
    const webhook = (name: string, namespace: string | undefined, url?: string) => ({
        kind: "MutatingWebhookConfiguration",
        metadata: { name },
        webhooks: [
            { clientConfig: { url, service: namespace === undefined ? undefined : { name: "istiod", namespace } } },
        ],
    });

    it("is an error when it is a webhook whose istiod is gone", () => {
        const [finding] = checkLeftoverWebhooks([webhook("istio-sidecar-injector", "old")], [], [BASE, ISTIOD]);
        assert.equal(finding?.id, "istio-leftover-webhook");
        assert.match(finding.cure, /kubectl delete mutatingwebhookconfiguration istio-sidecar-injector$/);
    });

    it("is no finding when the webhook's istiod is there, or the program's release owns it", () => {
        assert.deepEqual(checkLeftoverWebhooks([webhook("x", "old")], [bare("istiod", "old")], [BASE, ISTIOD]), []);
        const ours = { ...webhook("istiod-default-validator", "istio-system"), ...owned("v", BASE) };
        assert.deepEqual(checkLeftoverWebhooks([ours], [], [BASE, ISTIOD]), []);
    });

    it("is not to be deleted when a control plane outside the cluster serves the webhook", () => {
        const [finding] = checkLeftoverWebhooks([webhook("x", undefined, "https://outside/inject")], [], [ISTIOD]);
        assert.match(finding?.got ?? "", /https:\/\/outside\/inject/);
        assert.doesNotMatch(finding?.cure ?? "", /kubectl delete/);
    });

    it("is an error when it is CRDs that Helm would refuse, and tells how to hand them over", () => {
        const crds = [bare("a.security.istio.io", ""), owned("b.networking.istio.io", { ...BASE, namespace: "mesh" })];
        const [finding, ...more] = checkCrdOwnership(crds, BASE);
        assert.deepEqual(more, []);
        assert.equal(finding?.resource, "CustomResourceDefinition a.security.istio.io and 1 more");
        assert.equal(finding.got, "owned by no Helm release and Helm release istio-base in mesh");
        assert.match(finding.cure, /release-name=istio-base meta\.helm\.sh\/release-namespace=istio-system$/);
    });

    it("is no finding when the CRDs are those that this program kept", () => {
        assert.deepEqual(checkCrdOwnership([owned("b.networking.istio.io", BASE)], BASE), []);
    });

    it("is an error when it is a mesh configuration without an istiod beside it", () => {
        const config = bare("istio", "istio-system");
        assert.match(checkMeshConfigOwnership(config, [], ISTIOD)[0]?.cure ?? "", /kubectl delete configmap istio/);
        assert.deepEqual(checkMeshConfigOwnership(config, [bare("istiod", "istio-system")], ISTIOD), []);
        assert.deepEqual(checkMeshConfigOwnership(owned("istio", ISTIOD), [], ISTIOD), []);
        assert.deepEqual(checkMeshConfigOwnership(undefined, [], ISTIOD), []);
    });
});

describe("the owner of an object", () => {
    it("is a Helm release only with the label beside the annotations, as Helm itself asks", () => {
        const object = owned("x", ISTIOD);
        assert.equal(isOwnedBy(object, ISTIOD), true);
        assert.equal(isOwnedBy(object, BASE), false);
        assert.equal(isOwnedBy({ metadata: { ...object.metadata, labels: {} } }, ISTIOD), false);
    });

    it("is Pulumi by its field manager or its label", () => {
        const by = (manager: string) => ({ metadata: { name: "x", managedFields: [{ manager }] } });
        assert.equal(isMadeByPulumi(by("pulumi-kubernetes-1a2b3c4d")), true);
        assert.equal(isMadeByPulumi(by("pulumi-kubernetes")), true);
        assert.equal(isMadeByPulumi(by("kubectl-create")), false);
        assert.equal(isMadeByPulumi(bare("x", "", { "app.kubernetes.io/managed-by": "pulumi" })), true);
        assert.equal(isMadeByPulumi(bare("x", "")), false);
    });
});
