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
/** What is longer is no interval that somebody meant, and nobody would wait for it. */
const LONGEST_FLUSH_MS = 60_000;
/** A collector's batch and its storage. */
const BATCH_MS = 1000;
const POLL_MS = 150;
const BURST_POLL_MS = 500;

/** Requests whose traces are awaited. */
export interface AwaitedTraces {
    path: ProbePath;
    /** Kind of the provider, such as `opentelemetry`. */
    provider: string | undefined;
    /** Every pod of the cluster: the path may lead to others than those behind its Service. */
    pods: PodObject[];
    probes: ProbeRun[];
    burst: (Burst & { agent: string; percent: number }) | undefined;
    /** How long to wait beyond flush and batch for what is missing. */
    patienceMs: number;
}

/** What became of requests whose traces were awaited. */
export interface Observed {
    /** The path that they took. */
    path: ProbePath;
    burst: Burst | undefined;
    endless: EndlessTrace[];
    /** How long Jaeger was asked once the sidecars had sent all of their spans. */
    waitedMs: number;
}

/** Asks Jaeger until the probes and the burst are there as far as they will ever be. */
export async function awaitTraces(query: QueryEvidence, awaited: AwaitedTraces): Promise<Observed> {
    const sent = performance.now() + flushInterval(awaited.path, awaited.provider);
    const found = await observe(query, awaited);
    return { ...found, waitedMs: Math.max(0, performance.now() - sent) };
}

async function observe(
    { client }: QueryEvidence,
    { path: meant, provider, pods, probes, burst, patienceMs }: AwaitedTraces,
): Promise<Omit<Observed, "waitedMs">> {
    const patience = flushInterval(meant, provider) + BATCH_MS;
    if (client === undefined) {
        // What sidecars and collector count says more once the spans have left.
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
    // Below 100 percent nobody knows how many will come: wait as long as the slowest flush takes.
    for (;;) {
        const ask = (of: string): Promise<Trace[]> => tracesOfAgent(client, of, agent, count);
        const traces = await ask(service);
        const now = performance.now();
        const all = percent === 100 ? isWhole(traces, answered, path) : now > flushed;
        if (all || now > limit) {
            await look(client, probes);
            // Where one sidecar's span was lost, the other's is found under its own service alone.
            const rest = traces.length >= answered ? [] : await Promise.all(others.map(ask));
            return { path, burst: { ...burst, traces: unique([...traces, ...rest.flat()]) }, endless };
        }
        await new Promise((resolve) => setTimeout(resolve, BURST_POLL_MS));
    }
}

/** The hops that must show in a trace: those with a sidecar. */
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

/** The probes' traces as Jaeger has them now; a full store drops the oldest again. */
async function look(client: JaegerClient, probes: ProbeRun[]): Promise<void> {
    await Promise.all(
        probes.map(async (probe) => {
            probe.trace = await client.trace(probe.answer.traceId).catch(() => undefined);
            probe.seen ||= probe.trace !== undefined;
        }),
    );
}

/** The traces of requests by their user agent. */
export function tracesOfAgent(client: JaegerClient, service: string, agent: string, count: number): Promise<Trace[]> {
    return client.tracesOf(service, count + 1, { tags: { user_agent: agent } }).catch(() => []);
}

/** The services of the path in its order, under the names by which the store knows them. */
export function servicesOf(probes: ProbeRun[], { source, targets }: ProbePath): string[] {
    const spans = probes.flatMap(({ trace }) => trace?.spans ?? []);
    const found = [source, ...targets].flatMap((pod) => spans.find((span) => isOf(span, pod)) ?? []);
    return [...new Set(found.map(({ service }) => service))];
}

function unique(traces: Trace[]): Trace[] {
    return [...new Map(traces.map((trace) => [trace.traceId, trace])).values()];
}

/** Milliseconds that the path's sidecars keep spans at most. */
function flushInterval({ source, targets }: ProbePath, provider = "opentelemetry"): number {
    const injected = [source, ...targets].filter((pod) => sidecarOf(pod) !== undefined);
    const intervals = injected.map((pod) => {
        const { runtimeValues } = (proxyConfigOf(pod) ?? {}) as { runtimeValues?: Record<string, string> };
        const interval = Number(runtimeValues?.[`tracing.${provider}.flush_interval_ms`]);
        return interval >= 0 && interval <= LONGEST_FLUSH_MS ? interval : ENVOY_FLUSH_MS;
    });
    return Math.max(0, ...intervals);
}
