import type { CniWanted } from "../../checks/cluster/cniAgent";
import type { PlannedNamespace } from "../../checks/cluster/namespaces";
import type { ReleaseName } from "../../shared/kubernetes/objects";
import type { TracedNamespaceWanted } from "../../checks/cluster/tracedNamespaces";
import type { WantedCertificate } from "../../checks/cluster/certificate";
import type { WantedRoute } from "../../checks/cluster/entrance";
import { ownCollectorHost } from "../../components/collector";
import { CNI_RELEASE } from "../../components/render/cniValues";
import { jaegerName } from "../../components/render/jaegerRoles";
import { GATEWAY_NAME } from "../../components/render/jaegerGateway";
import { RIGHTS_NEEDED, type RightNeeded, type Scope } from "./rightsNeeded";
import { workloadPods, type Schedule } from "./scheduling";
import type { OwnNamespace } from "../../components/ownNamespaces";
import { NAMESPACE_TELEMETRY } from "../../components/render/istioObjects";
import { namespaceTracing } from "../../components/render/telemetry";
import { DEFAULT_TAG } from "../../components/revision";
import { isAutoscaled, scaledRoles } from "../../components/roles";
import type { Settings } from "../../components/settings";
import { isSearchStorage } from "../../components/storage";
import { isInExistingNamespace, isRoute, type Ui } from "../../components/ui";
import { at } from "../../shared/values/plainObjects";

/** The parts of the program's plan for these settings that the checks need. */
export interface ProgramPlan {
    /** False for an existing Istio. */
    installsIstio: boolean;
    base: ReleaseName;
    istiod: ReleaseName;
    /** Every Helm release of the program, including the two above if it installs them. */
    releases: ReleaseName[];
    /** The revision of its Istio and its tags. */
    revisions: string[];
    /** Namespaces that the program creates. */
    namespaces: { istio: PlannedNamespace; demo?: PlannedNamespace };
    /** Further namespaces that it creates: those of the doctor, the UI's gateway and cert-manager. */
    further: PlannedNamespace[];
    /** Namespaces of other owners that it patches. */
    traced: TracedNamespaceWanted[];
    rights: RightNeeded[];
    /** Secret that must hold the certificate of the UI's gateway. */
    tlsSecret?: WantedCertificate;
    /** Where cert-manager renews the certificate of the UI's gateway. */
    certificate?: { namespace: string; install: boolean };
    /** The route of the UI, and its namespace. */
    httpRoute?: WantedRoute;
    /** The class of the UI's Ingress. */
    ingress?: { className?: string };
    /** Requests of every pod, sidecars included, and where it may run. */
    pods: Schedule["pods"];
    /** Settings whose pods sleep before they end. */
    sleeping: string[];
    /** Secrets with logins of registries, for every namespace with pods that ask for them. */
    pullSecrets: Schedule["pullSecrets"];
    /** Name of Jaeger's Deployment, or of that of its collector. */
    jaegerDeployment: string;
    /** The volume that Jaeger requests. */
    volume?: { storageClass?: string };
    /** Istio's CNI plugin, if it does the work of the init container; undefined otherwise. */
    cni: CniWanted | undefined;
    /** True if spans go to the Jaeger that the program deploys. */
    ownCollector: boolean;
    /** True if spans leave the cluster, which preflight cannot check. */
    outsideCollector: boolean;
}

type DoctorScope = Extract<Scope, `doctor${string}`>;

/** The program's plan for these settings. A unit test compares it with the program's own resources. */
export function planFor(settings: Settings): ProgramPlan {
    const { istio, demo, doctor, collector, clusterDomain, ui, pods, tier } = settings;
    const { storage, roles } = settings.jaeger;
    const accounts = [pods.frontend, pods.backend].map((policy) => policy.serviceAccountAnnotations);
    const hasAccounts = accounts.some((annotations) => Object.keys(annotations).length > 0);
    const { operator } = settings.monitoring;
    const hasPrometheus = settings.metrics?.deploysPrometheus === true;
    const manager = ui.mode === "gateway" && ui.tls.mode === "certManager" ? ui.tls.install : undefined;
    const agent = istio.cni.mode === "install" ? { name: CNI_RELEASE, namespace: istio.cni.namespace } : undefined;
    const platform = at(istio.values, "global", "platform");
    const namespacesOf: Record<Scope, (string | undefined)[]> = {
        cluster: [undefined],
        charts: istio.install || ui.mode === "gateway" ? [undefined] : [],
        clusterRoles: istio.install || ui.mode === "gateway" || hasPrometheus || doctor ? [undefined] : [],
        root: [istio.rootNamespace ?? istio.namespace],
        ownIstio: istio.install ? [istio.namespace] : [],
        istio: [istio.namespace],
        demo: demo.deploy ? [demo.namespace] : [],
        demoAccount: demo.deploy && hasAccounts ? [demo.namespace] : [],
        ...scopesOfDoctor(settings),
        demoFaults: demo.deploy && demo.scenario === "faults" ? [demo.namespace] : [],
        traced: Object.keys(settings.namespaces),
        volume: storage.type === "badger" ? [istio.namespace] : [],
        roles: roles === undefined ? [] : [istio.namespace],
        autoscaledRoles: roles && scaledRoles(roles).some(({ scale }) => isAutoscaled(scale)) ? [istio.namespace] : [],
        retention: isSearchStorage(storage) && storage.retentionHours !== undefined ? [istio.namespace] : [],
        meshOnly: settings.jaegerAccess === "mesh" ? [istio.namespace] : [],
        prometheus: hasPrometheus ? [istio.namespace] : [],
        tier: tier === undefined ? [] : [istio.namespace],
        tierRouters: tier?.layout === "split" ? [istio.namespace] : [],
        tierRights: tier?.layout === "split" && tier.resolver === "k8s" ? [istio.namespace] : [],
        operator: operator === "none" ? [] : [istio.namespace],
        operatorMesh: operator === "mesh" ? [istio.namespace] : [],
        gateway: ui.mode === "gateway" ? [ui.namespace] : [],
        httpRoute: ui.mode === "httpRoute" ? [istio.namespace] : [],
        ingress: ui.mode === "ingress" ? [istio.namespace] : [],
        queryPolicy: isRoute(ui) && ui.from !== undefined && settings.jaegerAccess !== "mesh" ? [istio.namespace] : [],
        certificate: ui.mode === "gateway" && ui.tls.mode === "certManager" ? [ui.namespace] : [],
        certManager: manager === undefined ? [] : [manager.namespace],
        kubeSystem: manager === undefined ? [] : ["kube-system"],
        cni: agent === undefined ? [] : [agent.namespace],
        cniQuota: agent === undefined || platform !== "gke" ? [] : [agent.namespace],
        cniNetwork: agent === undefined || istio.cni.provider !== "multus" ? [] : ["default"],
    };
    const base = { name: "istio-base", namespace: istio.namespace };
    const istiod = { name: "istiod", namespace: istio.namespace };
    const gateway = ui.mode === "gateway" ? [{ name: GATEWAY_NAME, namespace: ui.namespace }] : [];
    return {
        ...{ installsIstio: istio.install, base, istiod },
        releases: [...(agent === undefined ? [] : [agent]), ...(istio.install ? [base, istiod] : []), ...gateway],
        revisions: [istio.revision ?? DEFAULT_TAG, ...istio.revisionTags],
        namespaces: {
            istio: planned(settings, "istio", istio.namespace, "istio-system", "istio.namespace"),
            ...(demo.deploy && { demo: planned(settings, "demo", demo.namespace, "demo", "demo.namespace") }),
        },
        further: furtherNamespaces(settings),
        traced: Object.entries(settings.namespaces).map(([name, { injection, ...tracing }]) => ({
            ...{ name, injection },
            telemetry: namespaceTracing(tracing) && NAMESPACE_TELEMETRY,
        })),
        rights: RIGHTS_NEEDED.flatMap(({ resource, scopes, verbs }) =>
            scopes
                .flatMap((scope) => namespacesOf[scope])
                .flatMap((namespace) => verbs.map((verb) => ({ verb, resource, namespace }))),
        ),
        ...workloadPods(settings),
        sleeping: [
            ...(demo.deploy ? ["demo.deploy"] : []),
            ...(roles === undefined ? [] : ["jaeger.roles"]),
            ...(tier === undefined ? [] : ["collectorTier.enabled"]),
        ],
        jaegerDeployment: jaegerName(roles && "collector"),
        ...(storage.type === "badger" && { volume: storage }),
        ...certificateOf(ui),
        ...entranceOf(ui, istio.namespace),
        cni: istio.cni.mode === "none" ? undefined : { release: agent },
        ownCollector: collector.host === ownCollectorHost(istio.namespace, clusterDomain),
        outsideCollector: collector.outsideAddress !== undefined,
    };
}

function certificateOf(ui: Ui): Pick<ProgramPlan, "tlsSecret" | "certificate"> {
    if (ui.mode !== "gateway" || ui.tls.mode === "plainHttp") return {};
    const { namespace, host, tls } = ui;
    return tls.mode === "secret"
        ? { tlsSecret: { namespace, host, secretName: tls.secretName } }
        : { certificate: { namespace, install: tls.install !== undefined } };
}

/** What others run for the way to the UI. */
function entranceOf(ui: Ui, namespace: string): Pick<ProgramPlan, "httpRoute" | "ingress"> {
    if (ui.mode === "httpRoute") return { httpRoute: { ...ui, namespace } };
    return ui.mode === "ingress" ? { ingress: ui.className === undefined ? {} : { className: ui.className } } : {};
}

function scopesOfDoctor({ doctor, uiCredential, jaeger, monitoring }: Settings): Record<DoctorScope, string[]> {
    const home = doctor === undefined ? [] : [doctor.namespace];
    return {
        doctor: home,
        doctorLogin: jaeger.deploy && uiCredential !== undefined ? home : [],
        doctorMonitor: monitoring.operator === "none" ? [] : home,
    };
}

/** Namespaces of the doctor and the UI that the program makes, or that somebody else has made for it, with their names in it. */
export function furtherNamespaces(settings: Settings): PlannedNamespace[] {
    const { doctor } = settings;
    return [
        ...(doctor ? [planned(settings, "doctor", doctor.namespace, "doctor", "doctor.namespace")] : []),
        ...namespacesOfUi(settings),
    ];
}

function namespacesOfUi(settings: Settings): PlannedNamespace[] {
    const { ui } = settings;
    if (ui.mode !== "gateway") return [];
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
