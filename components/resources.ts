/** CPU and memory of a container, as Kubernetes quantities such as `100m` and `128Mi`. */
export type ResourceList = {
    cpu?: string;
    memory?: string;
};

/** Requests and limits of a container. */
export interface ResourceRequirements {
    requests: ResourceList;
    limits: ResourceList;
}

/** The containers whose size is a setting. */
export const SIZED_CONTAINERS = [
    ...(["istiod", "proxy", "cni", "jaeger", "prometheus", "router", "sampler"] as const),
    ...(["frontend", "backend", "doctor"] as const),
] as const;

/** Name of a container whose size is a setting. */
export type SizedContainer = (typeof SIZED_CONTAINERS)[number];

/** Default sizes: istiod, proxy and cni as in Istio's own charts, with a memory limit for istiod and cni. */
export const DEFAULT_RESOURCES: Record<SizedContainer, ResourceRequirements> = {
    istiod: { requests: { cpu: "500m", memory: "2Gi" }, limits: { memory: "4Gi" } },
    proxy: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "2", memory: "1Gi" } },
    cni: { requests: { cpu: "100m", memory: "100Mi" }, limits: { memory: "512Mi" } },
    jaeger: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    prometheus: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    router: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
    sampler: { requests: { cpu: "200m", memory: "512Mi" }, limits: { cpu: "2", memory: "1Gi" } },
    frontend: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
    backend: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
    doctor: { requests: { cpu: "20m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
};

/**
 * Options of a workload that starts with a number of pods of its own. An autoscaler decides about it from then on, so no
 * update sets it back. Without a number, Kubernetes starts one pod, and goes back to one when a fixed number is taken away.
 *
 * Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
 */
export function keepsScale(isAutoscaled: boolean): { ignoreChanges?: string[] } {
    return isAutoscaled ? { ignoreChanges: ["spec.replicas"] } : {};
}

/**
 * Annotation of a workload with a fixed number of pods, which may have had an autoscaler: that has left a number of its
 * own, and Kubernetes would refuse another one as a conflict.
 *
 * Source: https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export const TAKES_SCALE_BACK = { "pulumi.com/patchForce": "true" };

/** Pulumi's timeouts for a workload. A workload that never becomes ready fails with its reason after this time. */
export function readyWithin(seconds: number): { create: string; update: string } {
    return { create: `${String(seconds)}s`, update: `${String(seconds)}s` };
}
