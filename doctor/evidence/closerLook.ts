import type { Fact } from "../../shared/cluster/facts";
import type { ConfigMapObject, PodObject, WorkloadObject } from "../../shared/kubernetes/objects";
import type { Access } from "../connection/access";
import { podsBehind, type CollectorTarget } from "../inventory/collector";
import { fullName, isReady } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { areFewer } from "../inventory/workload";
import type { ProbePath } from "../probe/path";
import type { Evidence, ProbeRun } from ".";
import type { QueryEvidence } from "./query";
import { readCollectorFiles, readReceivers } from "./receivers";
import { readRelatedObjects, relatedScope } from "./relatedObjects";
import { readStoreErrors, storeUsers } from "./storeErrors";
import type { Tier } from "./tiers";

/** The parts of the path, after the probes. */
export interface Examined {
    path: ProbePath;
    probes: ProbeRun[];
    collector: CollectorTarget | undefined;
    workloads: Fact<WorkloadObject[]>;
    query: QueryEvidence;
    tiers: Tier[];
    ingesters: Pick<Tier, "pods"> | undefined;
    discovery: Discovery;
}

/** What is only read if not everything works, or if not every pod may: a collector that accepts all spans need not be asked. */
export async function lookCloser(
    access: Access,
    { path, probes, collector, workloads, query, tiers, ingesters, discovery }: Examined,
): Promise<Pick<Evidence, "receivers" | "relatedObjects" | "queryFiles" | "storeErrors">> {
    const behindQuery = query.service === undefined ? query.pods : podsBehind(query.service, discovery);
    const users = storeUsers(collector?.pods ?? [], ingesters?.pods, behindQuery);
    const jaegers = users.map(({ pod }) => pod);
    const isDoubtful =
        (collector?.pods ?? []).filter(isReady).length > 1 ||
        jaegers.some((pod) => !isReady(pod)) ||
        tiers.some((tier) => !tier.pods.every(isReady) || areFewer(tier.pods, workloads)) ||
        probes.some(({ trace }) => trace === undefined);
    if (!isDoubtful) return { receivers: [] };
    const scope = relatedScope(path, collector, query, tiers, discovery, workloads);
    const crashing = [...new Set([...scope.crashing, ...jaegers])];
    const [receivers, relatedObjects, queryFiles, storeErrors] = await Promise.all([
        readReceivers(access, collector),
        readRelatedObjects(access, { ...scope, crashing }),
        readQueryFiles(access, query.pods, collector?.pods ?? []),
        readStoreErrors(access, users),
    ]);
    return { receivers, relatedObjects, storeErrors, ...(queryFiles && { queryFiles }) };
}

/** The configuration of query servers that are other pods than the collector's; undefined if there are none. */
function readQueryFiles(
    access: Access,
    pods: PodObject[],
    collectors: PodObject[],
): Promise<Fact<ConfigMapObject[]>> | undefined {
    const names = collectors.map(fullName);
    const others = pods.filter((pod) => !names.includes(fullName(pod)));
    return others.length === 0 ? undefined : readCollectorFiles(access, others);
}
