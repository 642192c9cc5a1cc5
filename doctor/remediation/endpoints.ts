import type { CollectorTarget } from "../inventory/collector";
import type { Evidence } from "../evidence";
import type { PodObject, ServiceObject, WorkloadObject } from "../../shared/kubernetes/objects";
import { patchCommand, type Command } from "./commands";
import { itemsOf } from "../../shared/cluster/facts";
import { NAMES } from "../enumerate";
import { fullName, listNames } from "../inventory/mesh";
import { hasLabels, labelPairs } from "../../shared/kubernetes/labelSelectors";
import { slicesOf, targetPortOf } from "../../shared/kubernetes/services";

interface Cure {
    commands: Command[];
    cure?: string;
}

/**
 * The cure for a Service without ready endpoints: a workload without pods, pods that are not ready, or a selector that
 * selects nothing.
 */
export function endpointsCure({ workloads, discovery }: Evidence, collector: CollectorTarget): Cure {
    const { service, pods } = collector;
    if (service === undefined || "failure" in workloads || "failure" in discovery.pods) return { commands: [] };
    const selector = service.spec?.selector ?? {};
    const namespace = service.metadata.namespace ?? "";
    const labels = labelPairs(selector);
    if (labels.length === 0) {
        const slices = slicesOf(service, itemsOf(discovery.endpointSlices));
        const what = slices.length === 0 ? "no EndpointSlice names it" : `${listNames(slices)} has no ready address`;
        return {
            cure: `It has no selector, and ${what}. Add a selector for the collector's pods, or an EndpointSlice with an address that answers.`,
            commands: selectCommands(service, collector.port, workloads.value),
        };
    }
    if (pods.length > 0) {
        const look = `kubectl describe pods -n ${namespace} -l ${labels.join(",")}`;
        return {
            cure: `Its pods exist but are not ready${describeWaiting(pods)}. Find the reason: ${look}`,
            commands: [],
        };
    }
    const behind = workloads.value.find((workload) => hasLabels(labelsOf(workload), selector));
    if (behind !== undefined) return wake(behind, namespace);
    return {
        cure: "Its selector matches no workload of the namespace. Correct it to select the collector's pods.",
        commands: selectCommands(service, collector.port, workloads.value),
    };
}

/** The reasons for which containers wait, such as CrashLoopBackOff. */
function describeWaiting(pods: PodObject[]): string {
    const waiting = pods.flatMap((pod) =>
        (pod.status?.containerStatuses ?? []).flatMap(({ name, state, restartCount = 0 }) => {
            const reason = state?.waiting?.reason;
            const often = restartCount === 0 ? "" : ` after ${String(restartCount)} restarts`;
            return reason === undefined ? [] : [`container ${name} of Pod ${fullName(pod)} is in ${reason}${often}`];
        }),
    );
    return waiting.length === 0 ? "" : ` (${waiting.slice(0, NAMES).join("; ")})`;
}

function labelsOf({ spec }: WorkloadObject): Record<string, string> {
    return spec?.template?.metadata?.labels ?? {};
}

function wake({ kind, metadata, spec }: WorkloadObject, namespace: string): Cure {
    const workload = `${kind.toLowerCase()}/${metadata.name}`;
    if (kind === "DaemonSet" || (spec?.replicas ?? 1) > 0) {
        const look = `kubectl describe ${workload} -n ${namespace}`;
        return { cure: `${kind} ${metadata.name} creates no pod. Find the reason: ${look}`, commands: [] };
    }
    return {
        cure: `Its ${kind} ${metadata.name} has no pods. Scale it up.`,
        commands: [
            { verb: "scale", workload, namespace, replicas: 1 },
            { verb: "await", workload, namespace },
        ],
    };
}

/** Makes the Service select the only workload with pods that declares the port; none if there are several. */
function selectCommands(service: ServiceObject, port: number, workloads: WorkloadObject[]): Command[] {
    const target = targetPortOf(service, port);
    const running = workloads.filter(({ spec }) => (spec?.replicas ?? 1) > 0);
    const [only, another] = running.filter(({ spec }) =>
        (spec?.template?.spec?.containers ?? [])
            .flatMap(({ ports }) => ports ?? [])
            .some(({ name, containerPort }) => name === target || containerPort === target),
    );
    const value = only?.spec?.selector?.matchLabels;
    if (value === undefined || another !== undefined) return [];
    const { name, namespace = "" } = service.metadata;
    const op = service.spec?.selector === undefined ? "add" : "replace";
    return [
        patchCommand("service", service, [{ op, path: "/spec/selector", value }]),
        { verb: "awaitEndpoints", service: { name, namespace } },
    ];
}
