import type { JaegerClient, Trace } from "../../shared/jaeger/client";
import { proxyConfigOf } from "../inventory/collector";
import type { Burst, ProbeRun } from ".";
import type { EndlessTrace } from "./endlessTraces";
import type { QueryEvidence } from "./query";
import { sidecarOf } from "../inventory/mesh";
import type { PodObject } from "../../shared/kubernetes/objects";
import type { ProbePath } from "../probe/path";
import { pathTaken, respondingPods } from "../probe/respondingPods";
import { findCallsWithoutContext } from "./callsWithoutContext";
import { hopsOf, isComplete, isOf, readStructure } from "./traceStructure";

/** Envoy's own flush interval: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/runtime */
const ENVOY_FLUSH_MS = 5000;
/** A longer interval is not plausible, and too long to wait for. */
const LONGEST_FLUSH_MS = 60_000;
/** A collector's batch and its storage. */
const BATCH_MS = 1000;
const POLL_MS = 150;
const BURST_POLL_MS = 500;

/** Requests whose traces to wait for. */
export interface AwaitedTraces {
    path: ProbePath;
    /** Kind of the provider, such as `opentelemetry`. */
    provider: string | undefined;
    /** Every pod of the cluster, because the path can lead to pods that its Service does not select. */
    pods: PodObject[];
    probes: ProbeRun[];
    burst: (Burst & { agent: string; percent: number }) | undefined;
    /** How long collectors hold spans until they have decided about their trace. */
    holdMs: number;
    /** How long to wait for missing traces, in addition to flush and batch times. */
    patienceMs: number;
}

/** The results of requests whose traces were awaited. */
export interface Observed {
    /** The path that they took. */
    path: ProbePath;
    burst: Burst | undefined;
    endless: EndlessTrace[];
    /** How long Jaeger was queried after the sidecars had sent all of their spans. */
    waitedMs: number;
}

/** Queries Jaeger until all traces of the probes and the burst that can arrive have arrived. */
export async function awaitTraces(query: QueryEvidence, awaited: AwaitedTraces): Promise<Observed> {
    const sent = performance.now() + flushInterval(awaited.path, awaited.provider);
    const found = await observe(query, awaited);
    return { ...found, waitedMs: Math.max(0, performance.now() - sent) };
}

async function observe(
    { client }: QueryEvidence,
    { path: meant, provider, pods, probes, burst, holdMs, patienceMs }: AwaitedTraces,
): Promise<Omit<Observed, "waitedMs">> {
    const patience = flushInterval(meant, provider) + BATCH_MS + holdMs;
    if (client === undefined) {
        // The counts of sidecars and collector are complete only after the spans have left.
        await new Promise((resolve) => setTimeout(resolve, patience));
        return { path: meant, burst, endless: [] };
    }
    const flushed = performance.now() + patience;
    const limit = flushed + patienceMs;
    const path = await awaitProbes(
        client,
        probes,
        (runs) => pathTaken(meant, respondingPods(meant, runs, [], pods)),
        limit,
    );
    const endless = await findCallsWithoutContext(client, probes, path);
    const [service, ...others] = servicesOf(probes, path);
    if (burst === undefined || service === undefined) return { path, burst, endless };
    const { agent, percent, answered, sent: count } = burst;
    // Below 100 percent, the number of traces is unknown, so this waits for the slowest flush.
    for (;;) {
        let searchProblem: string | undefined;
        const ask = (of: string): Promise<Trace[]> =>
            searchOfAgent(client, of, agent, count).catch((error: unknown) => {
                searchProblem = error instanceof Error ? error.message : String(error);
                return [];
            });
        const traces = await ask(service);
        const now = performance.now();
        const all = percent === 100 ? isWhole(traces, answered, path) : now > flushed;
        if (all || now > limit) {
            await look(client, probes);
            // If one sidecar's span was lost, the other's span is found only under its own service.
            const rest = traces.length >= answered ? [] : await Promise.all(others.map(ask));
            const found = unique([...traces, ...rest.flat()]);
            // A search that fails says nothing of how many there are.
            const searched = searchProblem === undefined ? { traces: found } : { traces: undefined, searchProblem };
            return { path, burst: { ...burst, ...searched }, endless };
        }
        await new Promise((resolve) => setTimeout(resolve, BURST_POLL_MS));
    }
}

/** The hops that must appear in a trace: those with a sidecar. */
export function expectedHops(path: ProbePath): ReturnType<typeof hopsOf> {
    const injected = (pod: PodObject): boolean => sidecarOf(pod) !== undefined;
    return hopsOf(injected(path.source) ? path.source : undefined, path.targets.filter(injected));
}

function isWhole(traces: Trace[], expected: number, path: ProbePath): boolean {
    const hops = expectedHops(path);
    return traces.length >= expected && traces.every((trace) => readStructure(trace, "", hops).missing.length === 0);
}

async function awaitProbes(
    client: JaegerClient,
    probes: ProbeRun[],
    taken: (probes: ProbeRun[]) => ProbePath,
    limit: number,
): Promise<ProbePath> {
    for (;;) {
        await look(client, probes);
        const path = taken(probes);
        const hops = expectedHops(path);
        const done = probes.every(({ trace, answer }) => isComplete(readStructure(trace, answer.spanId, hops)));
        if (done || performance.now() > limit) return path;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
}

/** The probes' current traces in Jaeger. A full store drops the oldest again. */
async function look(client: JaegerClient, probes: ProbeRun[]): Promise<void> {
    await Promise.all(
        probes.map(async (probe) => {
            probe.trace = await client.trace(probe.answer.traceId).catch(() => undefined);
            probe.seen ||= probe.trace !== undefined;
        }),
    );
}

/** Jaeger does not find spans that start later than now, as they do if the clock of their node is fast. */
const AHEAD_MS = 24 * 3600 * 1000;

/** The traces of requests by their user agent; none if the search fails. */
export function tracesOfAgent(client: JaegerClient, service: string, agent: string, count: number): Promise<Trace[]> {
    return searchOfAgent(client, service, agent, count).catch(() => []);
}

function searchOfAgent(client: JaegerClient, service: string, agent: string, count: number): Promise<Trace[]> {
    const filter = { tags: { user_agent: agent }, endMicros: (Date.now() + AHEAD_MS) * 1000 };
    return client.tracesOf(service, count + 1, filter);
}

/** The services of the path in order, under their names in the storage. */
export function servicesOf(probes: ProbeRun[], { source, targets }: ProbePath): string[] {
    const spans = probes.flatMap(({ trace }) => trace?.spans ?? []);
    const found = [source, ...targets].flatMap((pod) => spans.find((span) => isOf(span, pod)) ?? []);
    return [...new Set(found.map(({ service }) => service))];
}

function unique(traces: Trace[]): Trace[] {
    return [...new Map(traces.map((trace) => [trace.traceId, trace])).values()];
}

/** The longest time that the path's sidecars keep spans, in milliseconds. */
export function flushInterval({ source, targets }: ProbePath, provider = "opentelemetry"): number {
    const injected = [source, ...targets].filter((pod) => sidecarOf(pod) !== undefined);
    const intervals = injected.map((pod) => {
        const { runtimeValues } = (proxyConfigOf(pod) ?? {}) as { runtimeValues?: Record<string, string> };
        const interval = Number(runtimeValues?.[`tracing.${provider}.flush_interval_ms`]);
        return interval >= 0 && interval <= LONGEST_FLUSH_MS ? interval : ENVOY_FLUSH_MS;
    });
    return Math.max(0, ...intervals);
}
