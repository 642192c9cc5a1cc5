import type { NodeObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

/** CPU in cores and memory in bytes. */
export interface Capacity {
    cpu: number;
    memory: number;
}

/** The processor architectures for which Istio and Jaeger publish images. */
const ARCHITECTURES = ["amd64", "arm64"];
const TAINTS_THAT_REPEL = ["NoSchedule", "NoExecute"];

/** Nodes on which an ordinary pod can start: ready, not cordoned, and without a taint that repels it. */
export function usableNodes(nodes: NodeObject[]): NodeObject[] {
    return nodes.filter(
        ({ spec, status }) =>
            spec?.unschedulable !== true &&
            !(spec?.taints ?? []).some(({ effect }) => TAINTS_THAT_REPEL.includes(effect)) &&
            (status?.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True"),
    );
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
    pods: Record<string, Capacity>,
    parseQuantity: (text: string) => number | undefined,
): Finding[] {
    const usable = usableNodes(nodes);
    if (usable.length === 0) {
        return [
            warning("nodes-usable", {
                expected: "at least one ready node that accepts ordinary pods",
                got: nodes.length === 0 ? "no nodes" : `${String(nodes.length)} nodes, none of them usable`,
                cure: "Without one, every pod stays Pending. Find the reason: kubectl get nodes; kubectl describe nodes",
            }),
        ];
    }
    const free = usable.map(({ status }) => ({
        cpu: parseQuantity(status?.allocatable?.["cpu"] ?? "") ?? 0,
        memory: parseQuantity(status?.allocatable?.["memory"] ?? "") ?? 0,
    }));
    const total = sum(free);
    const wanted = sum(Object.values(pods));
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
        if (free.some((node) => node.cpu >= pod.cpu && node.memory >= pod.memory)) continue;
        findings.push(
            warning("node-resources", {
                expected: `one node with capacity for ${name}, which requests ${describe(pod)}`,
                got: `at most ${describe(largest(free))} on a node`,
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

/** The sum of capacities. */
export function sum(capacities: Capacity[]): Capacity {
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
