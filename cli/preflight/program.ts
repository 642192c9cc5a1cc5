import type { PlannedNamespace } from "../../checks/cluster/namespaces";
import type { ReleaseName } from "../../shared/kubernetes/objects";
import type { TracedNamespaceWanted } from "../../checks/cluster/tracedNamespaces";
import type { WantedCertificate } from "../../checks/cluster/certificate";
import { ownCollectorHost } from "../../components/collector";
import { GATEWAY_NAME } from "../../components/render/jaegerGateway";
import { workloadPods, type Schedule } from "./scheduling";
import { usesCni } from "../../components/settings/platform";
import type { OwnNamespace } from "../../components/ownNamespaces";
import { NAMESPACE_TELEMETRY } from "../../components/render/istioObjects";
import { renderNamespaceTelemetrySpec } from "../../components/render/telemetry";
import type { Settings } from "../../components/settings";
import { isInExistingNamespace, type Ui } from "../../components/ui";

/**
 * Where resources of a kind are written: in the whole cluster, in one of the program's namespaces, in that of the demo when
 * its pods have service accounts of their own, in those traced, where
 * Jaeger has a volume or is closed to all but the mesh, where the UI's gateway is or has a certificate kept, and where the
 * program installs cert-manager, whose chart writes into kube-system as well.
 */
type Scope =
    | "cluster"
    | "istio"
    | "demo"
    | "demoAccount"
    | "traced"
    | "volume"
    | "meshOnly"
    | "gateway"
    | "certificate"
    | "certManager"
    | "kubeSystem";

const CRUD = ["create", "get", "patch", "delete"];
/** Where a Helm chart makes accounts and their rights. */
const CHARTS: readonly Scope[] = ["istio", "gateway", "certManager"];
const WORKLOADS: readonly Scope[] = [...CHARTS, "demo"];

/**
 * Every kind that the program and its charts write, with the verbs for it. Secrets hold Helm's state, which Helm
 * lists and updates; pods and ReplicaSets are only watched, to see that a workload is ready.
 */
export const RIGHTS_NEEDED: readonly { resource: string; scopes: readonly Scope[]; verbs: readonly string[] }[] = [
    { resource: "namespaces", scopes: ["cluster"], verbs: CRUD },
    { resource: "customresourcedefinitions.apiextensions.k8s.io", scopes: ["cluster"], verbs: CRUD },
    {
        resource: "clusterroles.rbac.authorization.k8s.io",
        scopes: ["cluster"],
        verbs: [...CRUD, "bind", "escalate"],
    },
    { resource: "clusterrolebindings.rbac.authorization.k8s.io", scopes: ["cluster"], verbs: CRUD },
    { resource: "mutatingwebhookconfigurations.admissionregistration.k8s.io", scopes: ["cluster"], verbs: CRUD },
    { resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", scopes: ["cluster"], verbs: CRUD },
    { resource: "roles.rbac.authorization.k8s.io", scopes: [...CHARTS, "kubeSystem"], verbs: CRUD },
    { resource: "rolebindings.rbac.authorization.k8s.io", scopes: [...CHARTS, "kubeSystem"], verbs: CRUD },
    { resource: "serviceaccounts", scopes: [...CHARTS, "demoAccount"], verbs: CRUD },
    { resource: "configmaps", scopes: ["istio"], verbs: CRUD },
    {
        resource: "secrets",
        scopes: CHARTS,
        verbs: ["create", "get", "list", "update", "patch", "delete"],
    },
    { resource: "persistentvolumeclaims", scopes: ["volume"], verbs: CRUD },
    { resource: "services", scopes: WORKLOADS, verbs: CRUD },
    { resource: "deployments.apps", scopes: WORKLOADS, verbs: CRUD },
    { resource: "horizontalpodautoscalers.autoscaling", scopes: ["istio"], verbs: CRUD },
    { resource: "poddisruptionbudgets.policy", scopes: ["istio"], verbs: CRUD },
    { resource: "telemetries.telemetry.istio.io", scopes: ["istio", "traced", "gateway"], verbs: CRUD },
    { resource: "authorizationpolicies.security.istio.io", scopes: ["meshOnly", "gateway"], verbs: CRUD },
    { resource: "gateways.networking.istio.io", scopes: ["gateway"], verbs: CRUD },
    { resource: "virtualservices.networking.istio.io", scopes: ["gateway"], verbs: CRUD },
    { resource: "issuers.cert-manager.io", scopes: ["certificate"], verbs: CRUD },
    { resource: "certificates.cert-manager.io", scopes: ["certificate"], verbs: CRUD },
    { resource: "peerauthentications.security.istio.io", scopes: ["istio"], verbs: CRUD },
    { resource: "serviceentries.networking.istio.io", scopes: ["istio"], verbs: CRUD },
    { resource: "destinationrules.networking.istio.io", scopes: ["istio"], verbs: CRUD },
    { resource: "jobs.batch", scopes: ["certManager"], verbs: [...CRUD, "list", "watch"] },
    { resource: "replicasets.apps", scopes: WORKLOADS, verbs: ["list", "watch"] },
    { resource: "pods", scopes: WORKLOADS, verbs: ["list", "watch"] },
];

/** One question to the cluster: may I? */
export interface RightNeeded {
    verb: string;
    resource: string;
    /** Undefined for the whole cluster. */
    namespace: string | undefined;
}

/** What the program would do with these settings, as far as the checks need it. */
export interface ProgramPlan {
    base: ReleaseName;
    istiod: ReleaseName;
    /** Every Helm release of the program, the two above among them. */
    releases: ReleaseName[];
    /** Namespaces that the program creates. */
    namespaces: { istio: PlannedNamespace; demo?: PlannedNamespace };
    /** Namespaces that it creates besides: those of the UI's gateway and of cert-manager. */
    further: PlannedNamespace[];
    /** Namespaces of somebody else's that it patches. */
    traced: TracedNamespaceWanted[];
    rights: RightNeeded[];
    /** Secret that must hold the certificate of the UI's gateway. */
    tlsSecret?: WantedCertificate;
    /** Where cert-manager keeps the certificate of the UI's gateway. */
    certificate?: { namespace: string; install: boolean };
    /** Requests of every pod, sidecars included, and where it may run. */
    pods: Schedule["pods"];
    /** Secrets with logins of registries, for every namespace with pods that ask for them. */
    pullSecrets: Schedule["pullSecrets"];
    /** The volume that Jaeger asks for. */
    volume?: { storageClass?: string };
    /** True when Istio's CNI plugin does the work of the init container. */
    cni: boolean;
    /** True when spans go to the Jaeger that the program deploys itself. */
    ownCollector: boolean;
    /** True when spans leave the cluster, where preflight cannot look. */
    outsideCollector: boolean;
}

/** What the program would do with these settings; a unit test holds it against the program's own resources. */
export function planFor(settings: Settings): ProgramPlan {
    const { istio, demo, collector, clusterDomain, ui } = settings;
    const manager = ui.mode === "gateway" && ui.tls.mode === "certManager" ? ui.tls.install : undefined;
    const namespacesOf: Record<Scope, (string | undefined)[]> = {
        cluster: [undefined],
        istio: [istio.namespace],
        demo: demo.deploy ? [demo.namespace] : [],
        demoAccount: demo.deploy && hasAccounts(settings) ? [demo.namespace] : [],
        traced: Object.keys(settings.namespaces),
        volume: settings.jaeger.storage.type === "badger" ? [istio.namespace] : [],
        meshOnly: settings.jaegerAccess === "mesh" ? [istio.namespace] : [],
        gateway: ui.mode === "gateway" ? [ui.namespace] : [],
        certificate: ui.mode === "gateway" && ui.tls.mode === "certManager" ? [ui.namespace] : [],
        certManager: manager === undefined ? [] : [manager.namespace],
        kubeSystem: manager === undefined ? [] : ["kube-system"],
    };
    const base = { name: "istio-base", namespace: istio.namespace };
    const istiod = { name: "istiod", namespace: istio.namespace };
    const gateway = ui.mode === "gateway" ? [{ name: GATEWAY_NAME, namespace: ui.namespace }] : [];
    return {
        ...{ base, istiod, releases: [base, istiod, ...gateway] },
        namespaces: {
            istio: planned(settings, "istio", istio.namespace, "istio-system", "istio.namespace"),
            ...(demo.deploy && { demo: planned(settings, "demo", demo.namespace, "demo", "demo.namespace") }),
        },
        further: furtherNamespaces(settings),
        traced: Object.entries(settings.namespaces).map(([name, { injection, ...tracing }]) => ({
            ...{ name, injection },
            telemetry:
                renderNamespaceTelemetrySpec(tracing, settings.istio.version) === undefined
                    ? undefined
                    : NAMESPACE_TELEMETRY,
        })),
        rights: RIGHTS_NEEDED.flatMap(({ resource, scopes, verbs }) =>
            scopes
                .flatMap((scope) => namespacesOf[scope])
                .flatMap((namespace) => verbs.map((verb) => ({ verb, resource, namespace }))),
        ),
        ...workloadPods(settings),
        ...(settings.jaeger.storage.type === "badger" && { volume: settings.jaeger.storage }),
        ...certificateOf(ui),
        cni: usesCni(istio.values),
        ownCollector: collector.host === ownCollectorHost(istio.namespace, clusterDomain),
        outsideCollector: collector.outsideAddress !== undefined,
    };
}

function certificateOf(ui: Ui): Pick<ProgramPlan, "tlsSecret" | "certificate"> {
    if (ui.mode === "none" || ui.tls.mode === "plainHttp") return {};
    const { namespace, host, tls } = ui;
    return tls.mode === "secret"
        ? { tlsSecret: { namespace, host, secretName: tls.secretName } }
        : { certificate: { namespace, install: tls.install !== undefined } };
}

/** Namespaces of the UI that the program makes, or that somebody else has made for it, with their names in it. */
export function furtherNamespaces(settings: Settings): PlannedNamespace[] {
    const { ui } = settings;
    if (ui.mode === "none") return [];
    const manager = ui.tls.mode === "certManager" ? ui.tls.install : undefined;
    return [
        ...(isInExistingNamespace(ui)
            ? []
            : [planned(settings, "gateway", ui.namespace, "jaeger-ui", "ui.gatewayNamespace")]),
        ...(manager === undefined
            ? []
            : [
                  planned(
                      settings,
                      "certManager",
                      manager.namespace,
                      "jaeger-ui-manager",
                      "ui.tls.certManagerNamespace",
                  ),
              ]),
    ];
}

function planned(
    { ownNamespaces }: Settings,
    key: OwnNamespace,
    name: string,
    resourceName: string,
    setting: string,
): PlannedNamespace {
    const { existing } = ownNamespaces[key];
    return { name, resourceName, setting, policySetting: `ownNamespaces.${key}`, existing };
}

/** True when a pod of the demo has a service account of its own. */
function hasAccounts({ pods: { frontend, backend } }: Settings): boolean {
    return [frontend, backend].some(({ serviceAccountAnnotations: found }) => Object.keys(found).length > 0);
}
