import type { CollectorTarget } from "../inventory/collector";
import type { Evidence } from "../evidence";
import type { PodObject, ServiceObject, WorkloadObject } from "../../shared/kubernetes/objects";
import { patchCommand, type Command } from "./commands";
import { itemsOf } from "../../shared/cluster/facts";
import { SERVICE_NAME_LABEL } from "../../shared/names/kubernetes";
import { NAMES } from "../enumerate";
import { fullName, listNames } from "../inventory/mesh";
import { hasLabels } from "../../shared/kubernetes/labelSelectors";

interface Cure {
    commands: Command[];
    cure?: string;
}

/** A Service without ready endpoints: a workload without pods, pods that are not ready, or a selector that fits nothing. */
export function endpointsCure({ workloads, discovery }: Evidence, collector: CollectorTarget): Cure {
    const { service, pods } = collector;
    if (service === undefined || "failure" in workloads || "failure" in discovery.pods) return { commands: [] };
    const selector = service.spec?.selector ?? {};
    const namespace = service.metadata.namespace ?? "";
    const labels = Object.entries(selector).map(([label, value]) => `${label}=${value}`);
    if (labels.length === 0) {
        const slices = itemsOf(discovery.endpointSlices).filter(
            ({ metadata }) =>
                metadata.namespace === namespace && metadata.labels?.[SERVICE_NAME_LABEL] === service.metadata.name,
        );
        const what = slices.length === 0 ? "no EndpointSlice names it" : `${listNames(slices)} has no ready address`;
        return {
            cure: `It has no selector, and ${what}: give it a selector for the collector's pods, or an EndpointSlice with an address that answers.`,
            commands: selectCommands(service, collector.port, workloads.value),
        };
    }
    if (pods.length > 0) {
        const look = `kubectl describe pods -n ${namespace} -l ${labels.join(",")}`;
        return { cure: `Its pods are there and not ready${describeWaiting(pods)}; why not: ${look}`, commands: [] };
    }
    const behind = workloads.value.find((workload) => hasLabels(labelsOf(workload), selector));
    if (behind !== undefined) return wake(behind, namespace);
    return {
        cure: "Its selector fits no workload of the namespace: let it select the collector's pods.",
        commands: selectCommands(service, collector.port, workloads.value),
    };
}

/** What containers wait for, such as CrashLoopBackOff. */
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
        return { cure: `${kind} ${metadata.name} makes no pod; why not: ${look}`, commands: [] };
    }
    return {
        cure: `Its ${kind} ${metadata.name} has no pod: scale it up.`,
        commands: [
            { verb: "scale", workload, namespace, replicas: 1 },
            { verb: "await", workload, namespace },
        ],
    };
}

/** Lets the Service select the one workload with pods that declares the port; none where there is a choice. */
function selectCommands(service: ServiceObject, port: number, workloads: WorkloadObject[]): Command[] {
    const served = service.spec?.ports?.find((candidate) => candidate.port === port);
    const target = served?.targetPort ?? port;
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
