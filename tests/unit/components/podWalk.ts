import { PLAIN_PODS, type PodPolicy, type Workload } from "../../../components/pods";
import { plain, type PlannedResource } from "../../../plan";
import { at, canonicalJson, itemsAt, listAt, mapAt, type PlainObject } from "../../../shared/values/plainObjects";

/** A workload of a plan, with what its pods and their account get. */
export interface WalkedPods {
    resource: string;
    /** Undefined for a workload that the setting `pods` does not know. */
    workload: Workload | undefined;
    policy: PodPolicy;
}

/** Kinds of Kubernetes that make pods, and where each has the template of these. */
const TEMPLATES: Record<string, string[]> = {
    Pod: [],
    PodTemplate: ["template"],
    ReplicationController: ["spec", "template"],
    ReplicaSet: ["spec", "template"],
    Deployment: ["spec", "template"],
    StatefulSet: ["spec", "template"],
    DaemonSet: ["spec", "template"],
    Job: ["spec", "template"],
    CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** Kinds that make no pods. Any other kind may. */
const WITHOUT_PODS = [
    ...["Namespace", "NamespacePatch", "Service", "ServiceAccount", "ConfigMap", "Secret", "PersistentVolumeClaim"],
    ...["Telemetry", "AuthorizationPolicy", "PeerAuthentication", "Gateway", "VirtualService", "ServiceEntry"],
    ...["DestinationRule", "Issuer", "Certificate", "ClusterRole", "ClusterRoleBinding"],
    ...["ServiceMonitor", "PodMonitor", "PrometheusRule", "Role", "RoleBinding", "NetworkPolicy"],
    ...["HorizontalPodAutoscaler", "PodDisruptionBudget"],
];

const WORKLOAD_OF: Record<string, Workload> = {
    "Deployment jaeger": "jaeger",
    "Deployment tracing-prometheus": "prometheus",
    "Deployment tracing-router": "router",
    "StatefulSet tracing-sampler": "sampler",
    "Deployment frontend": "frontend",
    "Deployment backend": "backend",
    "Deployment doctor": "doctor",
    "Deployment doctor-server": "doctor",
    "Release istio-cni-agent": "cni",
    "Release istio-istiod": "istiod",
    "Release jaeger-ui-gateway": "gateway",
    "CertManager jaeger-ui-manager": "certManager",
};

/** What becomes of the pods of every resource of a plan that makes some. */
export function walkPods(resources: PlannedResource[]): WalkedPods[] {
    return resources.flatMap((resource): WalkedPods[] => {
        const [kind = "", name] = [resource.type.split(":").at(-1), resource.name];
        const isComponent = resource.type.startsWith("istio-tracing:");
        if (isComponent || WITHOUT_PODS.includes(kind) || name === "istio-base") return [];
        const inputs = plain(resource.inputs) as PlainObject;
        const known = `${kind} ${name}`;
        const found = { resource: known, workload: WORKLOAD_OF[known] };
        if (kind in TEMPLATES) return [{ ...found, policy: ofTemplate(kind, inputs, resources) }];
        const charts = { cni: ofCniChart, istiod: ofIstiodChart, gateway: ofGatewayChart, certManager: ofCertManager };
        const read = charts[found.workload as keyof typeof charts] as typeof ofCertManager | undefined;
        return [{ ...found, policy: read?.(inputs) ?? PLAIN_PODS }];
    });
}

function ofTemplate(kind: string, inputs: PlainObject, resources: PlannedResource[]): PodPolicy {
    const template = mapAt(inputs, ...(TEMPLATES[kind] ?? []));
    const spec = mapAt(template, "spec");
    const account = resources.find(
        ({ type, inputs: found }) =>
            type.endsWith(":ServiceAccount") && at(plain(found), "metadata", "name") === spec["serviceAccountName"],
    );
    return policyOf(spec, {
        labels: onBoth(mapAt(inputs, "metadata", "labels"), mapAt(template, "metadata", "labels")),
        annotations: mapAt(template, "metadata", "annotations"),
        serviceAccountAnnotations: mapAt(plain(account?.inputs), "metadata", "annotations"),
    });
}

function ofIstiodChart({ values }: PlainObject): PodPolicy {
    const { podLabels, deploymentLabels, podAnnotations, serviceAccountAnnotations } = values as PlainObject;
    return policyOf(values, {
        ...mapAt(values, "global"),
        ...{ labels: onBoth(podLabels, deploymentLabels), annotations: podAnnotations, serviceAccountAnnotations },
    });
}

/** The labels that a node must have stand in the affinity, and a toleration of every taint beside those of the policy. */
function ofCniChart({ values }: PlainObject): PodPolicy {
    const { podLabels, daemonSetLabels, podAnnotations, tolerations, affinity } = mapAt(values, "cni");
    const wanted = listAt(
        affinity,
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    )
        .flatMap((term) => listAt(term, "matchExpressions"))
        .map((one) => [String(one["key"]), itemsAt(one, "values")[0]] as const);
    return policyOf(mapAt(values, "global"), {
        ...{ affinity, nodeSelector: Object.fromEntries(wanted) },
        tolerations: (tolerations as unknown[]).filter((one) => canonicalJson(one) !== '{"operator":"Exists"}'),
        ...{ labels: onBoth(podLabels, daemonSetLabels), annotations: podAnnotations },
    });
}

function ofGatewayChart({ values }: PlainObject): PodPolicy {
    const annotations = at(values, "podAnnotations");
    return policyOf(values, { annotations, serviceAccountAnnotations: at(values, "serviceAccount", "annotations") });
}

/** cert-manager's chart has four workloads; what one of them lacks, all lack. */
function ofCertManager(args: PlainObject): PodPolicy {
    const all = [args, ...["webhook", "cainjector", "startupapicheck"].map((name) => mapAt(args, name))].map((one) =>
        policyOf(one, {
            ...mapAt(args, "global"),
            ...{ labels: one["podLabels"], annotations: one["podAnnotations"] },
            serviceAccountAnnotations: at(one, "serviceAccount", "annotations"),
        }),
    );
    const [first = PLAIN_PODS] = all;
    const same = (field: keyof PodPolicy): boolean =>
        new Set(all.map((policy) => canonicalJson(policy[field]))).size === 1;
    return Object.fromEntries(
        Object.entries(PLAIN_PODS).map(([field, none]) => {
            const key = field as keyof PodPolicy;
            return [key, same(key) ? first[key] : none];
        }),
    ) as unknown as PodPolicy;
}

function policyOf(spec: unknown, over: PlainObject): PodPolicy {
    const found: PlainObject = { ...(spec as PlainObject), ...over };
    const fields = Object.entries(PLAIN_PODS).map(([field, none]) => [field, found[field] ?? none] as const);
    const { imagePullSecrets, ...policy } = Object.fromEntries(fields) as unknown as PodPolicy;
    // Helm's charts want names in one place, and objects with names in the other.
    const secrets = imagePullSecrets.map((one: unknown) => (typeof one === "string" ? one : String(at(one, "name"))));
    return { ...policy, imagePullSecrets: secrets };
}

function onBoth(left: unknown = {}, right: unknown = {}): PlainObject {
    const other = right as PlainObject;
    return Object.fromEntries(Object.entries(left as PlainObject).filter(([key, value]) => other[key] === value));
}
