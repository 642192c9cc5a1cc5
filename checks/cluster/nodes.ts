import type { NodeObject } from "../../shared/kubernetes/objects";
import { hasLabels } from "../../shared/kubernetes/labelSelectors";
import { repellingTaints, type Taint, type Toleration } from "../../shared/kubernetes/tolerations";
import type { Finding } from "../finding";

/** CPU in cores and memory in bytes. */
export interface Capacity {
    cpu: number;
    memory: number;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions */
const FORMER_STATES = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
/** The processor architectures for which Istio and Jaeger publish images. */
const ARCHITECTURES = ["amd64", "arm64"];

/** A pod of the program's: what it requests, and what the scheduler must know of it. */
export interface PlannedPod extends Capacity {
    /** How many of them there are at least. @default one */
    count?: number;
    /** Labels that a node must have. @default any node will do */
    nodeSelector?: Record<string, string>;
    /** @default none */
    tolerations?: Toleration[];
}

/** True for a node that takes new pods: ready and not cordoned. */
export function isReady({ spec, status }: NodeObject): boolean {
    const ready = (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True");
    return spec?.unschedulable !== true && ready;
}

/** The taints of a ready node that stay: Kubernetes removes those of its former state by itself, moments later. */
export function lastingTaints({ spec }: NodeObject): Taint[] {
    return (spec?.taints ?? []).filter(({ key }) => !FORMER_STATES.includes(key));
}

/** Nodes on which a pod may start: those that take new pods, have its labels and no taint that repels it. */
export function usableNodes(
    nodes: NodeObject[],
    { nodeSelector = {}, tolerations = [] }: Partial<PlannedPod> = {},
): NodeObject[] {
    return nodes.filter(
        (node) =>
            isReady(node) &&
            hasLabels(node.metadata.labels ?? {}, nodeSelector) &&
            repellingTaints(lastingTaints(node), tolerations).length === 0,
    );
}

/** Nodes on which any of the pods may start. */
export function usableByAny(nodes: NodeObject[], pods: Record<string, PlannedPod>): NodeObject[] {
    return nodes.filter((node) => Object.values(pods).some((pod) => usableNodes([node], pod).length > 0));
}

/**
 * Reports nodes that are clearly too small for the program's requests. The check ignores pods that already run there,
 * so no finding does not guarantee that the pods fit.
 *
 * @param pods requests of every pod that the program creates.
 * @param parseQuantity converts a Kubernetes quantity to a number.
 */
export function checkNodeResources(
    nodes: NodeObject[],
    pods: Record<string, PlannedPod>,
    parseQuantity: (text: string) => number | undefined,
): Finding[] {
    const usable = usableByAny(nodes, pods);
    if (usable.length === 0) {
        return [
            warning("nodes-usable", {
                expected: "at least one ready node that accepts ordinary pods",
                got: nodes.length === 0 ? "no nodes" : `${String(nodes.length)} nodes, none of them usable`,
                cure: "Without one, every pod stays Pending. Find the reason: kubectl get nodes; kubectl describe nodes",
            }),
        ];
    }
    const free = ({ status }: NodeObject): Capacity => ({
        cpu: parseQuantity(status?.allocatable?.["cpu"] ?? "") ?? 0,
        memory: parseQuantity(status?.allocatable?.["memory"] ?? "") ?? 0,
    });
    const total = sum(usable.map(free));
    const wanted = requestedBy(pods);
    const findings: Finding[] = [];
    if (wanted.cpu > total.cpu || wanted.memory > total.memory) {
        findings.push(
            warning("node-resources", {
                expected: `capacity for the requests of all pods, ${describe(wanted)}`,
                got: `${describe(total)} on all usable nodes together`,
                cure: "Lower the requests in the setting resources, or add a node. Pods that do not fit stay Pending.",
            }),
        );
    }
    for (const [name, pod] of Object.entries(pods)) {
        const own = usableNodes(nodes, pod).map(free);
        // That no node takes it at all is said by another finding.
        if (own.length === 0 || own.some((node) => node.cpu >= pod.cpu && node.memory >= pod.memory)) continue;
        findings.push(
            warning("node-resources", {
                expected: `one node with capacity for ${name}, which requests ${describe(pod)}`,
                got: `at most ${describe(largest(own))} on a node`,
                cure: `Lower resources.${name}.requests, or add a larger node. Otherwise the pod stays Pending.`,
            }),
        );
    }
    return findings;
}

/** Reports nodes with a processor architecture for which no images are published. */
export function checkNodeArchitecture(nodes: NodeObject[]): Finding[] {
    const foreign = nodes.filter(({ status }) => !ARCHITECTURES.includes(status?.nodeInfo?.architecture ?? "unknown"));
    if (foreign.length === 0) return [];
    const kinds = [...new Set(foreign.map(({ status }) => status?.nodeInfo?.architecture ?? "unknown"))];
    return [
        warning("node-architecture", {
            expected: ARCHITECTURES.join(" or "),
            got: `${kinds.join(", ")} on ${foreign.map(({ metadata }) => metadata.name).join(", ")}`,
            cure: "The images do not run on those nodes. Taint the nodes, or set images and istio.hub to your own images.",
        }),
    ];
}

/** `0.5 CPU and 2.0 GiB`. */
export function describe({ cpu, memory }: Capacity): string {
    return `${String(Math.round(cpu * 1000) / 1000)} CPU and ${(memory / 2 ** 30).toFixed(1)} GiB`;
}

/** What all pods of the workloads request together. */
export function requestedBy(pods: Record<string, PlannedPod>): Capacity {
    return sum(Object.values(pods).map(({ cpu, memory, count = 1 }) => ({ cpu: cpu * count, memory: memory * count })));
}

function sum(capacities: Capacity[]): Capacity {
    return capacities.reduce((left, right) => ({ cpu: left.cpu + right.cpu, memory: left.memory + right.memory }), {
        cpu: 0,
        memory: 0,
    });
}

function largest(capacities: Capacity[]): Capacity {
    return {
        cpu: Math.max(...capacities.map(({ cpu }) => cpu)),
        memory: Math.max(...capacities.map(({ memory }) => memory)),
    };
}

function warning(id: string, parts: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { id, severity: "warning", resource: "nodes", ...parts };
}
