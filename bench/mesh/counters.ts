import { parseMetrics, type CollectorCounts } from "../../doctor/evidence/collectorMetrics";
import { parseStats } from "../../doctor/evidence/sidecar";
import type { Cluster } from "../../lab/cluster";
import { BENCH_NAMESPACE, type Member, type Pair } from "./pairs";
import { kubectl, pause, podsOf, withApi } from "./kubernetes";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import { JAEGER_PORTS } from "../../shared/names/ports";

/** What a pair's two sidecars have counted. */
export interface SidecarCounts {
    /** Calls to the collector, by whatever protocol. */
    exportCalls: number;
    /** Those of them that failed, by how each sidecar counts it. */
    failures: Record<string, number>;
    /** Spans that the tracers have made. */
    made: number;
    /** Spans that the tracers have dropped, as they say themselves. */
    dropped: number;
}

const COLLECTOR = /^cluster\.outbound\|\d+\|\|jaeger-collector\.\S+?;?\./;
const FAILED =
    /\.upstream_(rq_(4xx|5xx|timeout|rx_reset|cancelled|pending_failure_eject|pending_overflow)|cx_connect_fail|cx_none_healthy)$/;

/** Adds up the statistics of sidecars, as `NAME: VALUE` by name. */
export function countSidecars(stats: Record<string, number>[]): SidecarCounts {
    const counts: SidecarCounts = { exportCalls: 0, failures: {}, made: 0, dropped: 0 };
    for (const [name, value] of stats.flatMap((one) => Object.entries(one))) {
        if (/^tracing\.\w+\.spans_sent$/.test(name)) counts.made += value;
        if (/^tracing\.\w+\.\w*dropped$/.test(name)) counts.dropped += value;
        if (!COLLECTOR.test(name)) continue;
        if (name.endsWith(".upstream_rq_total")) counts.exportCalls += value;
        const failure = FAILED.exec(name)?.[0].slice(1);
        if (failure !== undefined) counts.failures[failure] = (counts.failures[failure] ?? 0) + value;
    }
    return counts;
}

/** What has been counted meanwhile. */
export function sidecarGrowth(before: SidecarCounts, after: SidecarCounts): SidecarCounts {
    const failures = Object.entries(after.failures).map(
        ([name, value]) => [name, value - (before.failures[name] ?? 0)] as const,
    );
    return {
        exportCalls: after.exportCalls - before.exportCalls,
        failures: Object.fromEntries(failures.filter(([, value]) => value > 0)),
        made: after.made - before.made,
        dropped: after.dropped - before.dropped,
    };
}

/** What the sidecars of a pair have counted so far. */
export async function readSidecars(lab: Cluster, { caller, callee }: Pair): Promise<SidecarCounts> {
    const stats = await Promise.all(
        [caller, callee].map((member) => admin(lab, member, "stats?filter=^(tracing|cluster\\.outbound)")),
    );
    return countSidecars(stats.map(parseStats));
}

/** An answer of the admin interface of a sidecar. */
export function admin(lab: Cluster, { pod }: Member, path: string): Promise<string> {
    const command = ["pilot-agent", "request", "GET", path];
    return kubectl(lab, "exec", "-n", BENCH_NAMESPACE, pod, "-c", SIDECAR_CONTAINER, "--", ...command);
}

/** What Jaeger has counted so far, over all its receivers. */
export async function readJaeger(lab: Cluster): Promise<CollectorCounts> {
    return withApi(lab, async (api) => {
        const [pod] = await podsOf(api, "istio-system", "app=jaeger");
        const path = `/api/v1/namespaces/istio-system/pods/${pod?.metadata.name ?? ""}:${String(JAEGER_PORTS.metrics)}/proxy/metrics`;
        const { status, text } = await api.send("GET", path, undefined, { timeoutSeconds: 30 });
        if (status !== 200) throw new Error(`Jaeger's metrics answered ${status}: ${text.slice(0, 200)}`);
        return parseMetrics(text);
    });
}

/** The same once no more spans arrive, or after `limitSeconds`. */
export function restingJaeger(lab: Cluster, signal: AbortSignal, limitSeconds = 30): Promise<CollectorCounts> {
    const rest = (last: CollectorCounts, now: CollectorCounts): boolean =>
        now.accepted === last.accepted && now.stored === last.stored;
    return watchJaeger(lab, rest, limitSeconds, signal);
}

/**
 * The same once Jaeger has stored so many spans in all, or after `limitSeconds`: one that is starved of CPU rests in
 * between.
 */
export function jaegerWith(
    lab: Cluster,
    stored: number,
    limitSeconds: number,
    signal: AbortSignal,
): Promise<CollectorCounts> {
    return watchJaeger(lab, (_, now) => (now.stored ?? 0) >= stored, limitSeconds, signal);
}

async function watchJaeger(
    lab: Cluster,
    done: (last: CollectorCounts, now: CollectorCounts) => boolean,
    limitSeconds: number,
    signal: AbortSignal,
): Promise<CollectorCounts> {
    const end = performance.now() + limitSeconds * 1000;
    for (let last = await readJaeger(lab); ;) {
        signal.throwIfAborted();
        // Longer than a sidecar of ours keeps spans back.
        await pause(1.3);
        const now = await readJaeger(lab);
        if (done(last, now) || performance.now() > end) return now;
        last = now;
    }
}
