import type { Fact } from "../../shared/cluster/facts";
import type { PodObject } from "../../shared/kubernetes/objects";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import type { Access } from "../connection/access";
import { sidecarOf } from "../inventory/mesh";
import { summariseClusters, summariseListeners, type ClusterSummary, type Listeners } from "./envoyConfig";

/** Envoy's own counts of one host of one cluster. */
export type HostCounts = Record<string, number>;

/** What Envoy counts at one moment. */
export interface SidecarCounts {
    /** `rq_total`, `cx_connect_fail` and so on, of the hosts of each cluster, added up. */
    clusters: Record<string, HostCounts>;
    /** Statistics that the sidecar keeps, by name. */
    stats: Record<string, number>;
}

/** What a sidecar was configured with, and what it counted before and after the probe. */
export interface SidecarEvidence {
    pod: PodObject;
    listeners: Fact<Listeners>;
    /** The clusters through which it exports spans, and those of the probe's target. */
    clusters: Fact<ClusterSummary[]>;
    before: Fact<SidecarCounts>;
    after: Fact<SidecarCounts>;
    /** True when it was found only after the probe, so that its counts are those since its start. */
    sinceStart?: boolean;
}

/** Statistics that say something about tracing, whether or not the sidecar keeps them. */
const STATS = "^(tracing|listener_manager\\.lds|cluster_manager\\.cds|cluster\\..*\\.(upstream_(rq|cx)|membership)_)";

/** Reads configuration and counts of a pod's sidecar; undefined when it has none. */
export async function readSidecar(access: Access, pod: PodObject): Promise<SidecarEvidence | undefined> {
    if (sidecarOf(pod) === undefined) return undefined;
    const [listeners, clusters, before] = await Promise.all([
        readListeners(access, pod),
        json(access, pod, "config_dump?resource=dynamic_active_clusters").then((fact) => map(fact, summariseClusters)),
        readCounts(access, pod),
    ]);
    return { pod, listeners, clusters, before, after: before };
}

/** The same of a pod that turned out to have answered. */
export async function readSidecarAfterwards(access: Access, pod: PodObject): Promise<SidecarEvidence | undefined> {
    const found = await readSidecar(access, pod);
    if (found === undefined || "failure" in found.after) return found;
    return { ...found, before: { value: { clusters: {}, stats: {} } }, sinceStart: true };
}

/** What a sidecar listens for. */
export async function readListeners(access: Access, pod: PodObject): Promise<Fact<Listeners>> {
    return map(await json(access, pod, "config_dump?resource=dynamic_listeners"), summariseListeners);
}

/** What a sidecar counts now. */
export async function readCounts(access: Access, pod: PodObject): Promise<Fact<SidecarCounts>> {
    const [clusters, stats] = await Promise.all([
        admin(access, pod, "clusters"),
        admin(access, pod, `stats?filter=${encodeURIComponent(STATS)}`),
    ]);
    if ("failure" in clusters) return clusters;
    if ("failure" in stats) return stats;
    return { value: { clusters: parseClusters(clusters.value), stats: parseStats(stats.value) } };
}

/** `CLUSTER::HOST::NAME::VALUE` lines of Envoy's `/clusters`. */
export function parseClusters(text: string): SidecarCounts["clusters"] {
    const found: SidecarCounts["clusters"] = {};
    for (const line of text.split("\n")) {
        const [, cluster = "", counter = "", value = ""] =
            /^(.+?)::(?:\S+:\d+|\S*\/\S+)::((?:rq|cx)_\w+)::(\d+)$/.exec(line) ?? [];
        if (cluster === "") {
            const named = /^(.+?)::observability_name::/.exec(line)?.[1];
            if (named !== undefined) found[named] ??= {};
            continue;
        }
        const counts = (found[cluster] ??= {});
        counts[counter] = (counts[counter] ?? 0) + Number(value);
        if (counter === "rq_total") counts["hosts"] = (counts["hosts"] ?? 0) + 1;
    }
    return found;
}

/** `NAME: NUMBER` lines of Envoy's `/stats`. */
export function parseStats(text: string): Record<string, number> {
    const pairs = text.split("\n").map((line) => /^(.+): (\d+)$/.exec(line));
    return Object.fromEntries(pairs.flatMap((match) => (match ? [[match[1] ?? "", Number(match[2])]] : [])));
}

async function json(access: Access, pod: PodObject, path: string): Promise<Fact<unknown>> {
    const fact = await admin(access, pod, path);
    if ("failure" in fact) return fact;
    try {
        return { value: JSON.parse(fact.value) as unknown };
    } catch {
        return { failure: { kind: "unexpected", reason: `Envoy's ${path} is not JSON: ${fact.value.slice(0, 80)}` } };
    }
}

/** An answer of Envoy's admin interface. */
async function admin(access: Access, { metadata }: PodObject, path: string): Promise<Fact<string>> {
    const where = { namespace: metadata.namespace ?? "", pod: metadata.name, container: SIDECAR_CONTAINER };
    const fact = await access.exec(where, ["pilot-agent", "request", "GET", path]);
    if ("failure" in fact) return fact;
    const { code, stdout, stderr } = fact.value;
    if (code === 0) return { value: stdout };
    return { failure: { kind: "unexpected", reason: stderr.trim().split("\n").pop() ?? `exit code ${String(code)}` } };
}

function map<T, U>(fact: Fact<T>, change: (value: T) => U): Fact<U> {
    return "failure" in fact ? fact : { value: change(fact.value) };
}
