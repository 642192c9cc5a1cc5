import { isSecretText } from "../../checks/telemetry/secretHeaders";
import { listAll } from "../../shared/cluster/client";
import { itemsOf, type Fact } from "../../shared/cluster/facts";
import type { PodObject, SpecObject, WorkloadObject } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE, specObject } from "../../shared/kubernetes/shapes";
import { settle } from "../../shared/values/settle";
import { objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Access } from "../connection/access";
import { readWorkloads } from "../inventory/discovery";
import { podsBehind, type CollectorTarget } from "../inventory/collector";
import { fullName, isReady } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { endsByItself } from "../inventory/podFailures";
import { areFewer } from "../inventory/workload";
import type { ProbePath } from "../probe/path";
import type { QueryEvidence } from "./query";
import type { Tier } from "./tiers";
import { lastLineOf, readPodLog } from "./podLog";

/** A warning that Kubernetes recorded about an object. */
export interface EventObject {
    metadata: { name: string; namespace?: string };
    involvedObject: { kind?: string; name?: string };
    reason?: string;
    message?: string;
    lastTimestamp?: string;
}

/** The last line of a container that ended. */
export interface Crash {
    /** `namespace/name`. */
    pod: string;
    container: string;
    line: string;
}

/** Objects around the path that can keep pods or packets away. Read only if not everything works. */
export interface RelatedObjects {
    /** Workloads of the target's namespace, if the target has no pods. */
    workloads: Fact<WorkloadObject[]>;
    /** Warnings of the namespaces with missing pods. */
    events: Fact<EventObject[]>;
    /** HorizontalPodAutoscalers of the collector's namespace. */
    autoscalers: Fact<SpecObject[]>;
    /** NetworkPolicies of the path's namespaces. */
    networkPolicies: Fact<SpecObject[]>;
    crashes: Crash[];
}

/** The pods and namespaces to read about. */
export interface RelatedScope {
    /** The namespace of the collector; undefined without one in the cluster. */
    collector: string | undefined;
    /** The namespace of the target's Service if no pod of it is ready. */
    empty: string | undefined;
    /** The namespaces of every pod to or from which packets go. */
    network: string[];
    /** The pods behind the collector's and the target's Service, ready or not. */
    pods: PodObject[];
    /** Those and the pods of further tiers, whose last words are read if they crash. */
    crashing: PodObject[];
    /** Namespaces of further tiers that lack pods. */
    starved: string[];
}

const EVENT: Shape<EventObject> = objectOf<EventObject>(
    {
        metadata: METADATA_SHAPE,
        involvedObject: objectOf({ kind: text, name: text }),
        ...{ reason: text, message: text, lastTimestamp: text },
    },
    "metadata",
    "involvedObject",
);
const ANY = specObject();
/** The last lines of a container that ended. */
const LINES = "tailLines=10&limitBytes=8192";
/** The maximum number of containers whose log to read. */
const CRASHES = 3;

/** What is around a path, its collector and the query API. */
export function relatedScope(
    { source, service, targets }: Pick<ProbePath, "source" | "service" | "targets">,
    collector: CollectorTarget | undefined,
    query: Pick<QueryEvidence, "pods">,
    tiers: Pick<Tier, "pods" | "service">[],
    discovery: Discovery,
    workloads: Fact<WorkloadObject[]>,
): RelatedScope {
    const behind = service === undefined ? [] : podsBehind(service, discovery);
    const pods = [...(collector?.pods ?? []), ...behind];
    const crashing = [...pods, ...tiers.slice(1).flatMap((tier) => tier.pods)];
    const homes = [source, ...targets, ...crashing, ...query.pods].map(({ metadata }) => metadata.namespace ?? "");
    return {
        collector: collector?.service?.metadata.namespace,
        empty: targets.length === 0 ? service?.metadata.namespace : undefined,
        network: [...new Set(homes)],
        pods,
        crashing,
        starved: tiers
            .slice(1)
            .filter((tier) => !tier.pods.every(isReady) || areFewer(tier.pods, workloads))
            .map(({ service }) => service?.metadata.namespace ?? ""),
    };
}

/** Reads the objects around the path. */
export function readRelatedObjects(
    access: Access,
    { collector, empty, network, pods, crashing, starved }: RelatedScope,
): Promise<RelatedObjects> {
    const lists = async <T>(
        namespaces: string[],
        path: (name: string) => string,
        shape: Shape<T>,
    ): Promise<Fact<T[]>> => {
        const facts = await Promise.all([...new Set(namespaces)].map((name) => listAll(access, path(name), shape)));
        const failed = facts.find((fact) => "failure" in fact);
        if (failed !== undefined && "failure" in failed) return failed;
        return { value: facts.flatMap((fact) => itemsOf(fact)) };
    };
    const isMissing =
        collector !== undefined && !pods.some((pod) => pod.metadata.namespace === collector && isReady(pod));
    const troubled = [...(isMissing ? [collector] : []), ...(empty === undefined ? [] : [empty]), ...starved];
    return settle<RelatedObjects>({
        workloads: empty === undefined ? Promise.resolve({ value: [] }) : readWorkloads(access, empty),
        events: lists(troubled, (name) => `/api/v1/namespaces/${name}/events?fieldSelector=type%3DWarning`, EVENT),
        autoscalers: lists(
            collector === undefined ? [] : [collector],
            (name) => `/apis/autoscaling/v2/namespaces/${name}/horizontalpodautoscalers`,
            ANY,
        ),
        networkPolicies: lists(network, (name) => `/apis/networking.k8s.io/v1/namespaces/${name}/networkpolicies`, ANY),
        crashes: readCrashes(access, crashing),
    });
}

async function readCrashes(access: Access, pods: PodObject[]): Promise<Crash[]> {
    const ended = pods.flatMap((pod) =>
        [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
            .filter(endsByItself)
            .map(({ name, state }) => ({ pod, container: name, previous: state?.terminated === undefined })),
    );
    const found = ended.slice(0, CRASHES).map(async ({ pod, container, previous }): Promise<Crash[]> => {
        const which = `container=${container}&previous=${String(previous)}&${LINES}`;
        const line = lastLineOf(await readPodLog(access, pod, which));
        // A log can hold what its configuration does.
        return line === undefined || isSecretText(line) ? [] : [{ pod: fullName(pod), container, line }];
    });
    return (await Promise.all(found)).flat();
}
