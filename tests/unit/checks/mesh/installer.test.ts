import assert from "node:assert/strict";
import { nameInRevision, releaseIn, revisionOf } from "../../../../checks/mesh/controlPlane";
import { findInstaller } from "../../../../checks/mesh/installer";
import type { ClusterObject, Metadata } from "../../../../shared/kubernetes/objects";

const object = (metadata: Partial<Metadata>): ClusterObject => ({
    metadata: { name: "istiod", namespace: "istio-system", ...metadata },
});

/** As Istio's chart writes them, and `helm install` and tools that use it add to. */
const HELM = {
    labels: {
        app: "istiod",
        "app.kubernetes.io/managed-by": "Helm",
        "install.operator.istio.io/owning-resource": "unknown",
        "istio.io/rev": "canary",
        "operator.istio.io/component": "Pilot",
        release: "mesh",
    },
    annotations: { "meta.helm.sh/release-name": "mesh", "meta.helm.sh/release-namespace": "istio-system" },
};

const withLabels = (labels: Record<string, string>): Partial<Metadata> => ({
    ...HELM,
    labels: { ...HELM.labels, ...labels },
});

describe("who installed an Istio", () => {
    it("is Helm, by the release that owns it", () => {
        const { kind, name, release } = findInstaller(object(HELM));
        assert.equal(kind, "helm");
        assert.equal(name, "Helm release mesh in istio-system");
        assert.deepEqual(release, { name: "mesh", namespace: "istio-system" });
    });

    it("is the Sail operator, which owns the objects of the release that it makes", () => {
        const ownerReferences = [{ kind: "IstioRevision", name: "prod-v1-30-1" }];
        const found = findInstaller(object({ ...HELM, ownerReferences }));
        assert.equal(found.kind, "sail");
        assert.deepEqual(found.keeper, { kind: "IstioRevision", name: "prod-v1-30-1" });
        assert.equal(found.release?.name, "mesh");
    });

    it("is AKS, although Flux and Helm have left their labels there", () => {
        // Recorded: https://learn.microsoft.com/azure/aks/istio-deploy-addon
        const aks: Partial<Metadata> = {
            name: "istiod-asm-1-27",
            namespace: "aks-istio-system",
            labels: {
                ...HELM.labels,
                "helm.toolkit.fluxcd.io/name": "azure-service-mesh-istio-discovery-helmrelease",
                "helm.toolkit.fluxcd.io/namespace": "6554954d660fc400012c5a60",
                "istio.io/rev": "asm-1-27",
            },
        };
        assert.equal(findInstaller(object(aks)).kind, "aks");
        const annotations = {
            "meta.helm.sh/release-name": "azure-service-mesh-istio-discovery",
            "meta.helm.sh/release-namespace": "kube-system",
        };
        assert.equal(findInstaller(object({ ...HELM, annotations })).kind, "aks");
    });

    it("is Argo CD, by its label, its annotation or its field manager", () => {
        const label = findInstaller(object({ labels: { "argocd.argoproj.io/instance": "istiod" } }));
        assert.equal(label.name, "Argo CD (Application istiod)");
        const annotations = { "argocd.argoproj.io/tracking-id": "mesh:apps/Deployment:istio-system/istiod" };
        assert.deepEqual(findInstaller(object({ annotations })).keeper, { kind: "Application", name: "mesh" });
        const managed = findInstaller(object({ managedFields: [{ manager: "argocd-controller" }] }));
        assert.equal(managed.name, "Argo CD");
        assert.equal(managed.keeper, undefined);
    });

    it("is Flux, by the HelmRelease or the Kustomization that it applies", () => {
        const helm = findInstaller(
            object(withLabels({ "helm.toolkit.fluxcd.io/name": "istiod", "helm.toolkit.fluxcd.io/namespace": "ops" })),
        );
        assert.deepEqual(helm.keeper, { kind: "HelmRelease", name: "istiod", namespace: "ops" });
        assert.equal(helm.name, "Flux (HelmRelease ops/istiod)");
        const kustomize = findInstaller(object({ labels: { "kustomize.toolkit.fluxcd.io/name": "mesh" } }));
        assert.deepEqual(kustomize.keeper, { kind: "Kustomization", name: "mesh", namespace: "flux-system" });
        assert.equal(findInstaller(object({ managedFields: [{ manager: "helm-controller" }] })).kind, "flux");
    });

    it("is istioctl, by its labels, or by the name under which it applies", () => {
        const labels = { "operator.istio.io/managed": "Reconcile", "istio.io/rev": "canary" };
        const found = findInstaller(object({ labels }));
        assert.equal(found.kind, "istioctl");
        assert.equal(found.uninstall, "istioctl uninstall --revision canary");
        assert.equal(findInstaller(object({ managedFields: [{ manager: "istio-operator" }] })).kind, "istioctl");
    });

    it("is unknown where nothing tells, as with plain manifests of the chart", () => {
        const found = findInstaller(object({ labels: { "operator.istio.io/component": "Pilot" } }));
        assert.equal(found.kind, "unknown");
        assert.match(found.uninstall, /kubectl get deployment istiod -n istio-system/);
        assert.equal(findInstaller({ metadata: { name: "istiod" } }).kind, "unknown");
    });
});

describe("the release of a control plane", () => {
    const told: [tag: string, release: string | undefined][] = [
        ["1.31.1", "1.31.1"],
        ["1.28.0-distroless", "1.28.0"],
        ["v1.29.2-1", "1.29.2"],
        ["latest", undefined],
        ["unknown", undefined],
        ["1.31", undefined],
        ["", undefined],
    ];
    for (const [tag, release] of told)
        it(`is ${release ?? "unknown"} with the tag "${tag}"`, () => {
            assert.equal(releaseIn(tag), release);
        });

    it("names its objects by its revision, but for the default one", () => {
        assert.equal(revisionOf(object(HELM)), "canary");
        assert.equal(revisionOf(object({})), "default");
        assert.equal(nameInRevision("istio", "canary"), "istio-canary");
        assert.equal(nameInRevision("istio", "default"), "istio");
        assert.equal(nameInRevision("istio", ""), "istio");
    });
});
