import type { EffectiveSampling } from "../../checks/telemetry/effectiveSampling";
import type { SamplingDecision } from "../../checks/telemetry/samplingDecision";
import { itemsOf } from "../../shared/cluster/facts";
import type { PodObject } from "../../shared/kubernetes/objects";
import { groupBy } from "../../shared/values/groupBy";
import { samplingOfPod } from "./collector";
import { meshOf, readMeshes, sidecarOf } from "./mesh";
import type { Discovery } from "./objects";
import { workloadOf } from "./workload";

/** The rate on one side of a proxy, and the object that decided it. */
export type Rate = Omit<EffectiveSampling, "customTags">;

/** The rates of the requests that a workload sends and receives. */
export interface Rates {
    client: Rate;
    server: Rate;
}

/** The pods of a workload with the same rates. During a rollout, there can be two such sets. */
export interface WorkloadRates {
    namespace: string;
    workload: string;
    rates: Rates;
    pods: PodObject[];
}

/** The rates of every pod with a sidecar, only from objects, without queries to pods. */
export function listWorkloadRates(discovery: Discovery): WorkloadRates[] {
    const meshes = readMeshes(discovery);
    const rated = itemsOf(discovery.pods)
        .filter((pod) => isRunning(pod) && sidecarOf(pod) !== undefined && !isWaypoint(pod))
        .flatMap((pod) => {
            const mesh = meshOf(meshes, pod);
            return mesh === undefined ? [] : [{ pod, rates: toRates(samplingOfPod(pod, mesh, discovery)) }];
        });
    const nameOf = (pod: PodObject): string => `${pod.metadata.namespace ?? ""}/${workloadOf(pod)}`;
    return [...groupBy(rated, ({ pod, rates }) => `${nameOf(pod)} ${keyOf(rates)}`).values()].flatMap((same) => {
        const [first] = same;
        if (first === undefined) return [];
        const { pod, rates } = first;
        const pods = same.map((one) => one.pod);
        return [{ namespace: pod.metadata.namespace ?? "", workload: workloadOf(pod), rates, pods }];
    });
}

/** A pod that is not being deleted. */
export function isRunning({ metadata, status }: PodObject): boolean {
    return status?.phase === "Running" && metadata.deletionTimestamp === undefined;
}

/** Rates, without fields that do not distinguish them. */
export function toRates({ client, server }: { client: EffectiveSampling; server: EffectiveSampling }): Rates {
    const rate = ({ percent, provider, reporting, decidedBy }: EffectiveSampling): Rate => ({
        ...{ percent, provider, reporting, decidedBy },
    });
    return { client: rate(client), server: rate(server) };
}

/** Equal for equal rates from the same object. */
export function keyOf({ client, server }: Rates): string {
    return JSON.stringify(
        [client, server].map(({ percent, provider, decidedBy }) => [percent, provider, byObject(decidedBy)]),
    );
}

/** A pod's own proxy configuration usually repeats the mesh's, so only a Telemetry counts as a separate object. */
function byObject(decidedBy: SamplingDecision): SamplingDecision | undefined {
    return decidedBy.source === "telemetry" ? decidedBy : undefined;
}

/** True for a waypoint of an ambient mesh, whose Telemetries the checks do not cover. */
function isWaypoint({ metadata }: PodObject): boolean {
    return metadata.labels?.["gateway.istio.io/managed"] === "istio.io-mesh-controller";
}
