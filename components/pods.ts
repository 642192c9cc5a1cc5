import type { Toleration } from "../shared/kubernetes/tolerations";
import type { PlainObject } from "../shared/values/plainObjects";

/** The workloads whose pods are the program's. */
export const WORKLOADS = [
    "istiod",
    "cni",
    "jaeger",
    "prometheus",
    "router",
    "sampler",
    "gateway",
    "frontend",
    "backend",
    "doctor",
    "certManager",
] as const;

/** Name of a workload whose pods are the program's. */
export type Workload = (typeof WORKLOADS)[number];

/** Scheduling, labels and annotations of a workload's pods, and how their images are pulled. */
export interface PodPolicy {
    /** Labels that a node must have. */
    nodeSelector: Record<string, string>;
    /** Taints of nodes that the pods tolerate. */
    tolerations: Toleration[];
    /** `affinity` of a pod, in the format of Kubernetes. */
    affinity: PlainObject;
    /** PriorityClass of the pods; empty for the cluster's default. */
    priorityClassName: string;
    /** Secrets with registry logins in the workload's namespace. */
    imagePullSecrets: string[];
    /** Additional labels of the pods and their workloads. */
    labels: Record<string, string>;
    /** Additional annotations of the pods. */
    annotations: Record<string, string>;
    /** Annotations of the pods' service account, with which clouds give a pod one of their identities. */
    serviceAccountAnnotations: Record<string, string>;
}

/** Pods without any rules. */
export const PLAIN_PODS: PodPolicy = {
    nodeSelector: {},
    tolerations: [],
    affinity: {},
    priorityClassName: "",
    imagePullSecrets: [],
    labels: {},
    annotations: {},
    serviceAccountAnnotations: {},
};

/** True for a label by which the program, its charts or Istio know a pod. */
export function isReservedLabel(key: string): boolean {
    if (!key.includes("/")) return ["app", "istio", "release", "pod-template-hash"].includes(key);
    const prefix = key.split("/")[0] ?? "";
    return (
        ["app.kubernetes.io", "helm.sh", "istio-tracing", "istio.io"].includes(prefix) || prefix.endsWith(".istio.io")
    );
}

/** True for an annotation that the program, its charts, Istio or Pulumi write on a pod, or read there. */
export function isReservedAnnotation(key: string): boolean {
    const prefix = key.split("/")[0] ?? "";
    const known = ["helm.sh", "istio-tracing", "istio.io", "kubectl.kubernetes.io", "meta.helm.sh", "pulumi.com"];
    if (known.includes(prefix) || prefix.endsWith(".istio.io")) return true;
    return ["prometheus.io/path", "prometheus.io/port", "prometheus.io/scrape"].includes(key);
}
