/** A rule of a Role or ClusterRole. */
export interface RbacRule {
    apiGroups: string[];
    resources: string[];
    verbs: string[];
}

/** The objects that the doctor lists, wherever it runs. */
export const DOCTOR_READS: RbacRule[] = [
    { apiGroups: [""], resources: ["namespaces", "pods", "services", "events"], verbs: ["list"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] },
    { apiGroups: ["apps"], resources: ["deployments", "statefulsets", "daemonsets"], verbs: ["list"] },
    { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: ["list"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["list"] },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["list"] },
    { apiGroups: ["telemetry.istio.io"], resources: ["telemetries"], verbs: ["list"] },
    {
        apiGroups: ["networking.istio.io"],
        resources: ["serviceentries", "destinationrules", "virtualservices", "sidecars", "envoyfilters"],
        verbs: ["list"],
    },
    {
        apiGroups: ["security.istio.io"],
        resources: ["authorizationpolicies", "peerauthentications"],
        verbs: ["list"],
    },
    {
        apiGroups: ["rbac.authorization.k8s.io"],
        resources: ["roles", "rolebindings", "clusterroles", "clusterrolebindings"],
        verbs: ["list"],
    },
    {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["mutatingwebhookconfigurations"],
        verbs: ["list"],
    },
];

/** The same for the doctor in the cluster, which also reads the addresses of single pods. */
export const IN_CLUSTER_READS: RbacRule[] = [...DOCTOR_READS, { apiGroups: [""], resources: ["pods"], verbs: ["get"] }];

/** Rights of the doctor in the cluster in its own namespace: the access logs of its own pods. */
export const OWN_NAMESPACE_READS: RbacRule[] = [{ apiGroups: [""], resources: ["pods/log"], verbs: ["get"] }];
