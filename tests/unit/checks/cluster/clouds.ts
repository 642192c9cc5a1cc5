import type { NodeObject } from "../../../../shared/kubernetes/objects";

/** Nodes as the clouds' documentation shows them, without what no check reads. */
function node(metadata: NodeObject["metadata"], providerID: string, addresses: object[]): NodeObject {
    const status = { conditions: [{ type: "Ready", status: "True" }], addresses };
    return { metadata, spec: { providerID }, status } as NodeObject;
}

const internal = (address: string): object => ({ type: "InternalIP", address });

/** https://cloud.google.com/kubernetes-engine/docs/concepts/private-cluster-concept */
export const GKE_PRIVATE = node(
    {
        name: "gke-tracing-default-pool-8c3a5b0e-3wq7",
        labels: {
            "cloud.google.com/gke-nodepool": "default-pool",
            "topology.kubernetes.io/region": "europe-west1",
        },
    },
    "gce://my-project/europe-west1-b/gke-tracing-default-pool-8c3a5b0e-3wq7",
    [internal("10.132.0.5")],
);

export const GKE_PUBLIC = node(GKE_PRIVATE.metadata, "gce://my-project/europe-west1-b/gke-tracing", [
    internal("10.132.0.6"),
    { type: "ExternalIP", address: "203.0.113.20" },
]);

/** https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html */
export const EKS = node(
    {
        name: "ip-192-168-12-34.eu-central-1.compute.internal",
        labels: { "eks.amazonaws.com/nodegroup": "workers", "eks.amazonaws.com/capacityType": "ON_DEMAND" },
    },
    "aws:///eu-central-1a/i-0abcdef1234567890",
    [internal("192.168.12.34")],
);

/** https://learn.microsoft.com/en-us/azure/aks/use-labels */
export const AKS = node(
    {
        name: "aks-nodepool1-12345678-vmss000000",
        labels: { "kubernetes.azure.com/cluster": "MC_group_tracing_westeurope" },
    },
    "azure:///subscriptions/0/resourceGroups/mc_group/providers/Microsoft.Compute/virtualMachineScaleSets/aks/virtualMachines/0",
    [internal("10.224.0.4")],
);

/** Cilium's ConfigMap with `kubeProxyReplacement: true`, as its Helm chart writes it. */
export const CILIUM = {
    "kube-proxy-replacement": "true",
    "bpf-lb-sock": "false",
    "bpf-lb-sock-terminate-pod-connections": "false",
    "cni-exclusive": "true",
    "cni-chaining-mode": "none",
    "routing-mode": "tunnel",
    "tunnel-protocol": "vxlan",
};
