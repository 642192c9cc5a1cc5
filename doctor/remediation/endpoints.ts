import type { CollectorTarget } from "../inventory/collector";
import type { Evidence } from "../evidence";
import type { PodObject, ServiceObject, WorkloadObject } from "../../shared/kubernetes/objects";
import { whyNotReady } from "../analyzers/pods";
import { nameForKubectl } from "../inventory/workload";
import { autoscalerOf, keepOneReplica } from "./autoscaler";
import { patchCommand, type Command } from "./commands";
import { itemsOf } from "../../shared/cluster/facts";
import { NAMES } from "../enumerate";
import { fullName, listNames } from "../inventory/mesh";
import { hasLabels, labelPairs } from "../../shared/kubernetes/labelSelectors";
import { slicesOf, targetPortOf } from "../../shared/kubernetes/services";

/** What is wrong, if it is more than the lack of an endpoint, and what ends it. */
interface Cure {
    id?: string;
    resource?: string;
    got?: string;
    commands: Command[];
    cure?: string;
}

/** A Service, the port of interest, and its pods. */
type Behind = Pick<CollectorTarget, "service" | "pods" | "port">;

/**
 * The cure for a Service without ready endpoints: a workload without pods, pods that are not ready, or a selector that
 * selects nothing.
 *
 * @param workloads those of the Service's namespace.
 */
export function endpointsCure(
    evidence: Evidence,
    { service, pods, port }: Behind,
    workloads: Evidence["workloads"] = evidence.workloads,
): Cure {
    const { discovery } = evidence;
    if (service === undefined || "failure" in workloads || "failure" in discovery.pods) return { commands: [] };
    const selector = service.spec?.selector ?? {};
    const namespace = service.metadata.namespace ?? "";
    const labels = labelPairs(selector);
    if (labels.length === 0) {
        const slices = slicesOf(service, itemsOf(discovery.endpointSlices));
        const what = slices.length === 0 ? "no EndpointSlice names it" : `${listNames(slices)} has no ready address`;
        return {
            cure: `It has no selector, and ${what}. Add a selector for the collector's pods, or an EndpointSlice with an address that answers.`,
            commands: selectCommands(service, port, workloads.value),
        };
    }
    const behind = workloads.value.find((workload) => hasLabels(labelsOf(workload), selector));
    const trouble = whyNotReady(behind, pods, evidence);
    if (trouble !== undefined) return trouble;
    if (pods.length > 0) {
        const look = `kubectl describe pods -n ${namespace} -l ${labels.join(",")}`;
        return {
            cure: `Its pods exist but are not ready${describeWaiting(pods)}. Find the reason: ${look}`,
            commands: [],
        };
    }
    if (behind !== undefined) return wake(behind, namespace, evidence);
    return {
        cure: "Its selector matches no workload of the namespace. Correct it to select the collector's pods.",
        commands: selectCommands(service, port, workloads.value),
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

function wake(workload: WorkloadObject, namespace: string, evidence: Evidence): Cure {
    const { kind, metadata, spec } = workload;
    const name = nameForKubectl(workload);
    if (spec?.paused === true)
        return {
            resource: `${kind} ${fullName(workload)}`,
            got: "paused before it created a pod",
            cure: "Resume it.",
            commands: [
                { verb: "resume", workload: name, namespace },
                { verb: "await", workload: name, namespace },
            ],
        };
    if (kind === "DaemonSet" || (spec?.replicas ?? 1) > 0) {
        const look = `kubectl describe ${name} -n ${namespace}`;
        return { cure: `${kind} ${metadata.name} creates no pod. Find the reason: ${look}`, commands: [] };
    }
    const scaler = autoscalerOf(workload, evidence);
    const scale: Command[] = [
        { verb: "scale", workload: name, namespace, replicas: 1 },
        { verb: "await", workload: name, namespace },
    ];
    return scaler === undefined
        ? { cure: `Its ${kind} ${metadata.name} has no pods. Scale it up.`, commands: scale }
        : { resource: scaler.resource, ...keepOneReplica(scaler, `${kind} ${fullName(workload)}`, scale) };
}

/**
 * Makes the Service select the StatefulSet that names it, or the only workload with pods that declares the port; none if
 * there are several.
 */
function selectCommands(service: ServiceObject, port: number, workloads: WorkloadObject[]): Command[] {
    const target = targetPortOf(service, port);
    const { name, namespace = "" } = service.metadata;
    const running = workloads.filter(({ spec }) => (spec?.replicas ?? 1) > 0);
    const named = running.filter(({ kind, spec }) => kind === "StatefulSet" && spec?.serviceName === name);
    const [only, another] = (named.length === 1 ? named : running).filter(({ spec }) =>
        (spec?.template?.spec?.containers ?? [])
            .flatMap(({ ports }) => ports ?? [])
            .some(({ name, containerPort }) => name === target || containerPort === target),
    );
    const value = only?.spec?.selector?.matchLabels;
    if (value === undefined || another !== undefined) return [];
    const op = service.spec?.selector === undefined ? "add" : "replace";
    return [
        patchCommand("service", service, [{ op, path: "/spec/selector", value }]),
        { verb: "awaitEndpoints", service: { name, namespace } },
    ];
}
