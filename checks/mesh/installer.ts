import { helmOwner, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import { REVISION_LABEL } from "../../shared/names/istio";

/** The tools that install an Istio, and that put back what others change in it. */
type InstallerKind = "sail" | "aks" | "argocd" | "flux" | "helm" | "istioctl" | "unknown";

/** Who installed an istiod, where its configuration is kept, and how to remove it. */
export interface Installer {
    kind: InstallerKind;
    /** For people, such as `Helm release istiod in istio-system`. */
    name: string;
    /** What keeps the configuration: Sail's resource, an Application or HelmRelease; undefined if the object names none. */
    keeper?: { kind: string; name: string; namespace?: string };
    /** The Helm release, with any tool that uses Helm underneath. */
    release?: ReleaseName;
    uninstall: string;
}

/** Where Microsoft installs the Istio of AKS: https://learn.microsoft.com/azure/aks/istio-meshconfig */
export const AKS_NAMESPACE = "aks-istio-system";
/** The release of AKS' istiod, which Flux installs from outside of the cluster. */
const AKS_RELEASE = "azure-service-mesh-istio-discovery";
const ARGO_INSTANCE = "argocd.argoproj.io/instance";
const ARGO_TRACKING = "argocd.argoproj.io/tracking-id";

/**
 * Finds the installer of an istiod Deployment, or of another object of that Istio, from its metadata. Tools that use
 * Helm underneath come before Helm, because they overwrite what Helm alone would keep.
 */
export function findInstaller(object: ClusterObject): Installer {
    const release = helmOwner(object);
    const found = bySail(object) ?? byAks(object) ?? byArgoCd(object) ?? byFlux(object);
    if (found !== undefined) return { ...found, ...(release && { release }) };
    if (release !== undefined) {
        return {
            kind: "helm",
            name: `Helm release ${release.name} in ${release.namespace}`,
            release,
            uninstall: `helm uninstall ${release.name} -n ${release.namespace}`,
        };
    }
    return byIstioctl(object) ?? unknown(object);
}

function bySail({ metadata }: ClusterObject): Installer | undefined {
    const owner = (metadata.ownerReferences ?? []).find(({ kind }) => /^Istio(Revision)?$/.test(kind));
    if (owner === undefined) return undefined;
    return {
        kind: "sail",
        name: `the Sail operator (${owner.kind} ${owner.name})`,
        keeper: { kind: owner.kind, name: owner.name },
        uninstall: "delete its Istio resource: kubectl get istios.sailoperator.io",
    };
}

function byAks(object: ClusterObject): Installer | undefined {
    const isOfAks = object.metadata.namespace === AKS_NAMESPACE || helmOwner(object)?.name === AKS_RELEASE;
    if (!isOfAks) return undefined;
    return {
        kind: "aks",
        name: "the Istio add-on of AKS",
        uninstall: "az aks mesh disable --resource-group GROUP --name CLUSTER",
    };
}

function byArgoCd({
    metadata: { labels = {}, annotations = {}, managedFields = [] },
}: ClusterObject): Installer | undefined {
    const isTold = managedFields.some(({ manager }) => manager === "argocd-controller");
    const tracked = annotations[ARGO_TRACKING];
    if (!isTold && tracked === undefined && labels[ARGO_INSTANCE] === undefined) return undefined;
    // APPLICATION:GROUP/KIND:NAMESPACE/NAME; in a separate namespace, NAMESPACE_APPLICATION.
    const application = labels[ARGO_INSTANCE] ?? tracked?.split(":")[0];
    const name = application ?? "APPLICATION";
    return {
        kind: "argocd",
        name: application === undefined ? "Argo CD" : `Argo CD (Application ${application})`,
        ...(application !== undefined && { keeper: { kind: "Application", name } }),
        uninstall: `argocd app delete ${name}`,
    };
}

function byFlux({ metadata: { labels = {}, managedFields = [] } }: ClusterObject): Installer | undefined {
    for (const [tool, kind] of [
        ["helm", "HelmRelease"],
        ["kustomize", "Kustomization"],
    ] as const) {
        const name = labels[`${tool}.toolkit.fluxcd.io/name`];
        const isTold = managedFields.some(({ manager }) => manager === `${tool}-controller`);
        if (name === undefined && !isTold) continue;
        const namespace = labels[`${tool}.toolkit.fluxcd.io/namespace`] ?? "flux-system";
        return {
            kind: "flux",
            name: name === undefined ? "Flux" : `Flux (${kind} ${namespace}/${name})`,
            ...(name !== undefined && { keeper: { kind, name, namespace } }),
            uninstall: `flux delete ${kind.toLowerCase()} ${name ?? "NAME"} -n ${namespace}`,
        };
    }
    return undefined;
}

/** Charts also set install.operator.istio.io/*. Only istioctl and the former operator set these labels. */
function byIstioctl({ metadata: { labels = {}, managedFields = [] } }: ClusterObject): Installer | undefined {
    const isLabelled = ["operator.istio.io/managed", "operator.istio.io/version"].some((key) => key in labels);
    if (!isLabelled && !managedFields.some(({ manager }) => manager === "istio-operator")) return undefined;
    return {
        kind: "istioctl",
        name: "istioctl or the former Istio operator",
        uninstall: `istioctl uninstall --revision ${labels[REVISION_LABEL] ?? "default"}`,
    };
}

function unknown({ metadata: { name, namespace = "" } }: ClusterObject): Installer {
    return {
        kind: "unknown",
        name: "an unknown installer, possibly plain manifests",
        uninstall: `find out who owns it: kubectl get deployment ${name} -n ${namespace} -o yaml`,
    };
}
