import { networksOf, type IpFamily } from "../ipFamilies";

// Two zones, because within one zone, the fixed order of plugins would make "template" answer before "kubernetes".
const corefile = `cluster.local:53 in-addr.arpa:53 ip6.arpa:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        ttl 5
    }
    cache 5
    loadbalance
}
# Nothing leads out of the lab: every other name does not exist, and is not waited for.
.:53 {
    errors
    template ANY ANY . {
        rcode NXDOMAIN
    }
}
`;

/** An object to apply, with its API path. */
export interface ApiObject {
    path: string;
    object: object;
}

const labels = { "k8s-app": "kube-dns" };
const metadata = { name: "coredns", namespace: "kube-system", labels };

/** CoreDNS as in other clusters: with the names, labels and rights of the upstream manifest. */
export function corednsObjects(image: string, families: IpFamily[]): ApiObject[] {
    const [dnsAddress] = networksOf(families).map((network) => network.dnsAddress);
    return [
        {
            path: "/api/v1/namespaces/kube-system/serviceaccounts/coredns",
            object: { apiVersion: "v1", kind: "ServiceAccount", metadata },
        },
        {
            path: "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:coredns",
            object: {
                apiVersion: "rbac.authorization.k8s.io/v1",
                kind: "ClusterRole",
                metadata: { name: "system:coredns" },
                rules: [
                    { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
                    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
                ],
            },
        },
        {
            path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:coredns",
            object: {
                apiVersion: "rbac.authorization.k8s.io/v1",
                kind: "ClusterRoleBinding",
                metadata: { name: "system:coredns" },
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
                subjects: [{ kind: "ServiceAccount", name: "coredns", namespace: "kube-system" }],
            },
        },
        {
            path: "/api/v1/namespaces/kube-system/configmaps/coredns",
            object: { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: corefile } },
        },
        {
            path: "/api/v1/namespaces/kube-system/services/kube-dns",
            object: {
                apiVersion: "v1",
                kind: "Service",
                metadata: { ...metadata, name: "kube-dns" },
                spec: {
                    clusterIP: dnsAddress,
                    selector: labels,
                    ports: [
                        { name: "dns", port: 53, protocol: "UDP" },
                        { name: "dns-tcp", port: 53, protocol: "TCP" },
                    ],
                },
            },
        },
        {
            path: "/apis/apps/v1/namespaces/kube-system/deployments/coredns",
            object: {
                apiVersion: "apps/v1",
                kind: "Deployment",
                metadata,
                spec: { replicas: 1, selector: { matchLabels: labels }, template: podTemplate(image) },
            },
        },
    ];
}

function podTemplate(image: string): object {
    return {
        metadata: { labels },
        spec: {
            serviceAccountName: "coredns",
            priorityClassName: "system-cluster-critical",
            dnsPolicy: "Default",
            // Starts without waiting for the node to be marked as ready.
            tolerations: [{ operator: "Exists" }],
            containers: [
                {
                    name: "coredns",
                    image,
                    imagePullPolicy: "IfNotPresent",
                    args: ["-conf", "/etc/coredns/Corefile"],
                    ports: [
                        { containerPort: 53, name: "dns", protocol: "UDP" },
                        { containerPort: 53, name: "dns-tcp", protocol: "TCP" },
                    ],
                    resources: { requests: { cpu: "20m", memory: "20Mi" }, limits: { memory: "170Mi" } },
                    readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
                    livenessProbe: { httpGet: { path: "/health", port: 8080 }, periodSeconds: 10 },
                    volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
                },
            ],
            volumes: [{ name: "config", configMap: { name: "coredns" } }],
        },
    };
}
