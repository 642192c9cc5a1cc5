import type { Fact } from "../../shared/cluster/facts";
import type { Access } from "../connection/access";
import { sidecarOf } from "../inventory/mesh";
import type { PodObject } from "../../shared/kubernetes/objects";
import {
    summariseClusters,
    type ClusterSummary,
    type Listeners,
    summariseChains,
    summariseRefused,
    type ListenerSummary,
    type RefusedListener,
} from "./envoyConfig";
import { readRouteConfigs } from "./routeTracing";
import { readTracingRuntime, type TracingRuntime } from "./runtime";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import { parseJson } from "../../shared/values/plainObjects";
import {
    clusterNamed,
    hostCounts,
    HTTP_LISTENERS,
    listenersFor,
    REFUSALS,
    REFUSED_LISTENERS,
    RUNTIME,
    statistics,
    type AdminPath,
    routesFor,
} from "./envoyAdmin";

/** Envoy's counts for one host of one cluster. */
export type HostCounts = Record<string, number>;

/** Envoy's counts at one moment. */
export interface SidecarCounts {
    /** `rq_total`, `cx_connect_fail` and others, as sums over the hosts of each requested cluster. */
    clusters: Record<string, HostCounts>;
    /** The same of each host, by its address. */
    hosts: Record<string, Record<string, HostCounts>>;
    /** Statistics of the sidecar, by name. */
    stats: Record<string, number>;
}

/** A sidecar's configuration, and its counts before and after the probe. */
export interface SidecarEvidence {
    pod: PodObject;
    listeners: Fact<Listeners>;
    /** The cluster to which it exports spans. */
    clusters: Fact<ClusterSummary[]>;
    /** Values of its runtime that override its listeners and routes; undefined if they were not read. */
    runtime?: Fact<TracingRuntime>;
    /** Route configurations of the probe's port, if an object may set a route's own rate. */
    routes?: Fact<unknown[]>;
    before: Fact<SidecarCounts>;
    after: Fact<SidecarCounts>;
    /** True if it was found only after the probe, so that its counts are those since its start. */
    sinceStart?: boolean;
}

/** The parts of a sidecar to read. */
export interface SidecarQuestion {
    /** Port of the probes. */
    port: number;
    /** Cluster to which it sends spans; undefined without a provider. */
    cluster: string | undefined;
    /** Cluster of the target, without the name of a subset. */
    target: string;
    /** Whether routes may have their own rate and are read. @default false */
    routes?: boolean;
}

/** Reads the configuration and counts of a pod's sidecar; undefined if it has none. */
export async function readSidecar(
    access: Access,
    pod: PodObject,
    { port, cluster, target, routes: asksRoutes = false }: SidecarQuestion,
): Promise<SidecarEvidence | undefined> {
    if (sidecarOf(pod) === undefined) return undefined;
    const [chains, clusters, before, routes, runtime] = await Promise.all([
        json(access, pod, listenersFor(port)),
        cluster === undefined
            ? { value: [] }
            : json(access, pod, clusterNamed(cluster)).then((fact) => map(fact, summariseClusters)),
        readCounts(access, pod, [cluster, target]),
        asksRoutes ? readRoutes(access, pod, port) : undefined,
        json(access, pod, RUNTIME).then((fact) => map(fact, readTracingRuntime)),
    ]);
    // Contains at least the name of each listener. The list is long, so it is read only if something was rejected.
    const none = "value" in before && before.value.stats[REFUSALS] === 0;
    const refused = none ? { value: {} } : await json(access, pod, REFUSED_LISTENERS);
    const listeners: Fact<Listeners> =
        "failure" in refused
            ? refused
            : map(chains, (dump) => ({ chains: summariseChains(dump), rejected: summariseRefused(refused.value) }));
    return { pod, listeners, clusters, runtime, ...(routes && { routes }), before, after: before };
}

/** The listeners that a pod's sidecar rejects. */
export async function readRefused(access: Access, pod: PodObject): Promise<Fact<RefusedListener[]>> {
    return map(await json(access, pod, REFUSED_LISTENERS), summariseRefused);
}

/** The same for a pod that turned out to have answered. */
export async function readSidecarAfterwards(
    access: Access,
    pod: PodObject,
    question: SidecarQuestion,
): Promise<SidecarEvidence | undefined> {
    const found = await readSidecar(access, pod, question);
    if (found === undefined || "failure" in found.after) return found;
    return { ...found, before: { value: { clusters: {}, hosts: {}, stats: {} } }, sinceStart: true };
}

/** How a sidecar treats outgoing HTTP of its application. */
export async function readHttpChains(access: Access, pod: PodObject): Promise<Fact<ListenerSummary[]>> {
    return map(await json(access, pod, HTTP_LISTENERS), summariseChains);
}

/** The routes of a port, whose number is the name of their configuration. */
async function readRoutes(access: Access, pod: PodObject, port: number): Promise<Fact<unknown[]>> {
    return map(await json(access, pod, routesFor(port)), readRouteConfigs);
}

/** The current counts of a sidecar. */
export async function readCounts(
    access: Access,
    pod: PodObject,
    [cluster, target]: [cluster: string | undefined, target: string],
): Promise<Fact<SidecarCounts>> {
    const [clusters, stats] = await Promise.all([
        admin(access, pod, hostCounts(cluster, target)),
        admin(access, pod, statistics(cluster)),
    ]);
    if ("failure" in clusters) return clusters;
    if ("failure" in stats) return stats;
    const hosts = parseHosts(clusters.value);
    return { value: { clusters: parseClusters(clusters.value), hosts, stats: parseStats(stats.value) } };
}

/** `CLUSTER::HOST::NAME::VALUE` lines of Envoy's `/clusters`, as sums over each cluster's hosts. */
export function parseClusters(text: string): SidecarCounts["clusters"] {
    return Object.fromEntries(
        Object.entries(parseHosts(text)).map(([cluster, hosts]) => {
            const counts: HostCounts = {};
            for (const host of Object.values(hosts)) {
                for (const [counter, value] of Object.entries(host)) counts[counter] = (counts[counter] ?? 0) + value;
                if (host["rq_total"] !== undefined) counts["hosts"] = (counts["hosts"] ?? 0) + 1;
            }
            return [cluster, counts];
        }),
    );
}

/** The same lines host by host, including clusters without a host. */
export function parseHosts(text: string): SidecarCounts["hosts"] {
    const found: SidecarCounts["hosts"] = {};
    for (const line of text.split("\n")) {
        const [, cluster = "", host = "", counter = "", value = ""] =
            /^(.+?)::(\S+:\d+|\S*\/\S+)::((?:rq|cx)_\w+)::(\d+)$/.exec(line) ?? [];
        if (cluster === "") {
            const named = /^(.+?)::observability_name::/.exec(line)?.[1];
            if (named !== undefined) found[named] ??= {};
            continue;
        }
        const hosts = (found[cluster] ??= {});
        (hosts[host] ??= {})[counter] = Number(value);
    }
    return found;
}

/** `NAME: NUMBER` lines of Envoy's `/stats`. */
export function parseStats(text: string): Record<string, number> {
    const pairs = text.split("\n").map((line) => /^(.+): (\d+)$/.exec(line));
    return Object.fromEntries(pairs.flatMap((match) => (match ? [[match[1] ?? "", Number(match[2])]] : [])));
}

async function json(access: Access, pod: PodObject, path: AdminPath): Promise<Fact<unknown>> {
    const fact = await admin(access, pod, path);
    if ("failure" in fact) return fact;
    const value = parseJson(fact.value);
    if (value !== undefined) return { value };
    return { failure: { kind: "unexpected", reason: `Envoy's ${path} is not JSON: ${fact.value.slice(0, 80)}` } };
}

/** An answer of Envoy's admin interface. */
async function admin(access: Access, { metadata }: PodObject, path: AdminPath): Promise<Fact<string>> {
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
