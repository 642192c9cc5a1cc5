import type { JaegerClient, Trace } from "../cli/trace/jaegerClient";
import { proxyConfigOf } from "./collector";
import type { Burst, ProbeRun } from "./evidence";
import type { QueryEvidence } from "./evidence/query";
import { sidecarOf } from "./mesh";
import type { PodObject } from "./objects";
import type { ProbePath } from "./path";
import { hopsOf, isComplete, isOf, readStructure } from "./trace";

/** Envoy's own flush interval: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/runtime */
const ENVOY_FLUSH_MS = 5000;
/** A collector's batch and its storage. */
const BATCH_MS = 1000;
/** Beyond flush and batch, for a busy machine. */
const PATIENCE_MS = 3000;
const POLL_MS = 150;
const BURST_POLL_MS = 500;

/** Asks Jaeger until the probes and the burst are there as far as they will ever be. */
export async function follow(
    { client }: QueryEvidence,
    path: ProbePath,
    probes: ProbeRun[],
    burst: (Burst & { agent: string; percent: number }) | undefined,
): Promise<Burst | undefined> {
    if (client === undefined) return burst;
    const sent = performance.now();
    const flushed = sent + Math.max(...[path.source, ...path.targets].map(flushInterval)) + BATCH_MS;
    const limit = flushed + PATIENCE_MS;
    await followProbes(client, probes, path, limit);
    await findStrayRoots(client, probes, path);
    if (burst === undefined || !probes.some(({ trace }) => trace)) return burst;
    const { agent, percent, answered } = burst;
    // Below 100 percent nobody knows how many will come: wait as long as the slowest flush takes.
    for (;;) {
        const traces = await burstTraces(client, path, agent, answered);
        const now = performance.now();
        const all = percent === 100 ? isWhole(traces, answered, path) : now > flushed;
        if (all || now > limit) {
            await look(client, probes);
            return { ...burst, traces };
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

async function followProbes(client: JaegerClient, probes: ProbeRun[], path: ProbePath, limit: number): Promise<void> {
    const hops = expectedHops(path);
    for (;;) {
        await look(client, probes);
        const done = probes.every(({ trace, answer }) => isComplete(readStructure(trace, answer.spanId, hops)));
        if (done || performance.now() > limit) return;
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

/** Traces that the target itself began while it answered a probe: its application handed no context on. */
async function findStrayRoots(client: JaegerClient, probes: ProbeRun[], path: ProbePath): Promise<void> {
    for (const probe of probes) {
        const entered = probe.trace?.spans.find((span) => path.targets.some((pod) => isOf(span, pod)));
        if (entered === undefined) continue;
        const end = entered.startMicros + entered.durationMicros;
        const within = { startMicros: entered.startMicros, endMicros: end };
        const traces = await client.tracesOf(entered.service, 20, within).catch((): Trace[] => []);
        probe.strayRoots = traces.filter(({ traceId, spans: [root] }) => {
            if (traceId === probe.answer.traceId || root === undefined) return false;
            const meanwhile = root.startMicros >= entered.startMicros && root.startMicros <= end;
            return meanwhile && root.parentSpanId === "" && path.targets.some((pod) => isOf(root, pod));
        });
    }
}

async function burstTraces(client: JaegerClient, path: ProbePath, agent: string, limit: number): Promise<Trace[]> {
    const names = [path.source, ...path.targets].map(serviceName);
    const known = new Set(await client.services().catch((): string[] => []));
    const service = names.find((name) => known.has(name));
    if (service === undefined) return [];
    return client.tracesOf(service, limit + 1, { tags: { user_agent: agent } }).catch(() => []);
}

/** Istio's default name of a workload in traces; others are found through the target. */
function serviceName({ metadata }: PodObject): string {
    const labels = metadata.labels ?? {};
    return `${labels["app"] ?? labels["app.kubernetes.io/name"] ?? ""}.${metadata.namespace ?? ""}`;
}

/** Milliseconds that a sidecar keeps spans at most. */
function flushInterval(pod: PodObject): number {
    const { runtimeValues } = (proxyConfigOf(pod) ?? {}) as { runtimeValues?: Record<string, string> };
    return Number(runtimeValues?.["tracing.opentelemetry.flush_interval_ms"] ?? ENVOY_FLUSH_MS);
}
