/**
 * Where resources of a kind are written: in the whole cluster, there for charts alone, in the root namespace, in that of
 * an Istio that the program installs, in one of the program's namespaces, in that of the demo when
 * its pods have service accounts of their own or some of its requests fail on purpose, in that of the doctor, with a login for Jaeger or an object for the operator, in those traced, where Jaeger has a volume, is in roles, some of them autoscaled, has old indices deleted, or is closed to all but the
 * mesh, where it has a Collector tier, with routers, and with the right to look for samplers, where it deploys a Prometheus or gives objects to the operator of one, where the UI's gateway is or has a certificate kept, where Jaeger is reached by a route or an Ingress or from one
 * namespace, where the program installs cert-manager, whose chart writes into kube-system as well, and where it installs
 * Istio's CNI agent, with a quota on GKE and an object of Multus in `default`.
 */
export type Scope =
    | "cluster"
    | "charts"
    | "clusterRoles"
    | "root"
    | "ownIstio"
    | "istio"
    | "demo"
    | "demoAccount"
    | "doctor"
    | "doctorLogin"
    | "doctorMonitor"
    | "demoFaults"
    | "traced"
    | "volume"
    | "roles"
    | "autoscaledRoles"
    | "retention"
    | "meshOnly"
    | "prometheus"
    | "tier"
    | "tierRouters"
    | "tierRights"
    | "operator"
    | "operatorMesh"
    | "gateway"
    | "httpRoute"
    | "ingress"
    | "queryPolicy"
    | "certificate"
    | "certManager"
    | "kubeSystem"
    | "cni"
    | "cniQuota"
    | "cniNetwork";

const CRUD = ["create", "get", "patch", "delete"];
/** Where a Helm chart creates accounts and their rights. */
const CHARTS: readonly Scope[] = ["istio", "gateway", "certManager"];
const WORKLOADS: readonly Scope[] = [...CHARTS, "demo", "doctor"];

/**
 * Every kind that the program and its charts write, with its verbs. Secrets contain Helm's state, which Helm lists and
 * updates. Pods and ReplicaSets are only watched until a workload is ready.
 */
export const RIGHTS_NEEDED: readonly { resource: string; scopes: readonly Scope[]; verbs: readonly string[] }[] = [
    { resource: "namespaces", scopes: ["cluster"], verbs: CRUD },
    { resource: "customresourcedefinitions.apiextensions.k8s.io", scopes: ["charts"], verbs: CRUD },
    {
        resource: "clusterroles.rbac.authorization.k8s.io",
        scopes: ["clusterRoles"],
        verbs: [...CRUD, "bind", "escalate"],
    },
    { resource: "clusterrolebindings.rbac.authorization.k8s.io", scopes: ["clusterRoles"], verbs: CRUD },
    { resource: "mutatingwebhookconfigurations.admissionregistration.k8s.io", scopes: ["charts"], verbs: CRUD },
    { resource: "validatingwebhookconfigurations.admissionregistration.k8s.io", scopes: ["charts"], verbs: CRUD },
    {
        resource: "roles.rbac.authorization.k8s.io",
        scopes: [...CHARTS, "kubeSystem", "doctor", "tierRights"],
        verbs: CRUD,
    },
    {
        resource: "rolebindings.rbac.authorization.k8s.io",
        scopes: [...CHARTS, "kubeSystem", "doctor", "tierRights"],
        verbs: CRUD,
    },
    {
        resource: "serviceaccounts",
        scopes: [...CHARTS, "demoAccount", "doctor", "prometheus", "tier", "cni"],
        verbs: CRUD,
    },
    { resource: "configmaps", scopes: ["istio", "cni"], verbs: CRUD },
    {
        resource: "secrets",
        scopes: [...CHARTS, "cni", "doctorLogin"],
        verbs: ["create", "get", "list", "update", "patch", "delete"],
    },
    { resource: "persistentvolumeclaims", scopes: ["volume"], verbs: CRUD },
    { resource: "services", scopes: WORKLOADS, verbs: CRUD },
    { resource: "deployments.apps", scopes: WORKLOADS, verbs: CRUD },
    { resource: "statefulsets.apps", scopes: ["tier"], verbs: CRUD },
    { resource: "daemonsets.apps", scopes: ["cni"], verbs: CRUD },
    { resource: "resourcequotas", scopes: ["cniQuota"], verbs: CRUD },
    { resource: "network-attachment-definitions.k8s.cni.cncf.io", scopes: ["cniNetwork"], verbs: CRUD },
    {
        resource: "horizontalpodautoscalers.autoscaling",
        scopes: ["ownIstio", "autoscaledRoles", "tierRouters"],
        verbs: CRUD,
    },
    { resource: "poddisruptionbudgets.policy", scopes: ["ownIstio", "roles", "tier"], verbs: CRUD },
    { resource: "cronjobs.batch", scopes: ["retention"], verbs: CRUD },
    { resource: "telemetries.telemetry.istio.io", scopes: ["root", "meshOnly", "traced", "gateway"], verbs: CRUD },
    { resource: "authorizationpolicies.security.istio.io", scopes: ["meshOnly", "gateway"], verbs: CRUD },
    { resource: "gateways.networking.istio.io", scopes: ["gateway"], verbs: CRUD },
    { resource: "virtualservices.networking.istio.io", scopes: ["gateway", "demoFaults"], verbs: CRUD },
    { resource: "httproutes.gateway.networking.k8s.io", scopes: ["httpRoute"], verbs: CRUD },
    { resource: "ingresses.networking.k8s.io", scopes: ["ingress"], verbs: CRUD },
    { resource: "networkpolicies.networking.k8s.io", scopes: ["queryPolicy", "tier"], verbs: CRUD },
    { resource: "issuers.cert-manager.io", scopes: ["certificate"], verbs: CRUD },
    { resource: "certificates.cert-manager.io", scopes: ["certificate"], verbs: CRUD },
    { resource: "peerauthentications.security.istio.io", scopes: ["ownIstio"], verbs: CRUD },
    { resource: "serviceentries.networking.istio.io", scopes: ["root"], verbs: CRUD },
    { resource: "destinationrules.networking.istio.io", scopes: ["root"], verbs: CRUD },
    { resource: "servicemonitors.monitoring.coreos.com", scopes: ["operator", "doctorMonitor"], verbs: CRUD },
    { resource: "prometheusrules.monitoring.coreos.com", scopes: ["operator"], verbs: CRUD },
    { resource: "podmonitors.monitoring.coreos.com", scopes: ["operatorMesh"], verbs: CRUD },
    { resource: "jobs.batch", scopes: ["certManager"], verbs: [...CRUD, "list", "watch"] },
    { resource: "replicasets.apps", scopes: WORKLOADS, verbs: ["list", "watch"] },
    { resource: "pods", scopes: [...WORKLOADS, "cni"], verbs: ["list", "watch"] },
];

/** One right to check in the cluster. */
export interface RightNeeded {
    verb: string;
    resource: string;
    /** Undefined for the whole cluster. */
    namespace: string | undefined;
}
