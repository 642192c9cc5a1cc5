import { parseMetrics, type CollectorCounts } from "../../doctor/evidence/collectorMetrics";
import { parseStats } from "../../doctor/evidence/sidecar";
import type { Cluster } from "../../lab/cluster";
import { BENCH_NAMESPACE, type Member, type Pair } from "./pairs";
import { kubectl, pause, podsOf, withApi } from "./kubernetes";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import { JAEGER_PORTS } from "../../shared/names/ports";

/** The counts of a pair's two sidecars. */
export interface SidecarCounts {
    /** Calls to the collector, in any protocol. */
    exportCalls: number;
    /** Calls that have no answer yet. */
    openCalls: number;
    /** Failed calls, as each sidecar counts them. */
    failures: Record<string, number>;
    /** Spans that the tracers created. */
    made: number;
    /** Spans that the tracers dropped, by their own counts. */
    dropped: number;
}

const COLLECTOR = /^cluster\.outbound\|\d+\|\|jaeger-collector\.\S+?;?\./;
const FAILED =
    /\.upstream_(rq_(4xx|5xx|timeout|rx_reset|cancelled|pending_failure_eject|pending_overflow)|cx_connect_fail|cx_none_healthy)$/;

/** Adds up the statistics of sidecars, as `NAME: VALUE` by name. */
export function countSidecars(stats: Record<string, number>[]): SidecarCounts {
    const counts: SidecarCounts = { exportCalls: 0, openCalls: 0, failures: {}, made: 0, dropped: 0 };
    for (const [name, value] of stats.flatMap((one) => Object.entries(one))) {
        if (/^tracing\.\w+\.spans_sent$/.test(name)) counts.made += value;
        if (/^tracing\.\w+\.\w*dropped$/.test(name)) counts.dropped += value;
        if (!COLLECTOR.test(name)) continue;
        if (name.endsWith(".upstream_rq_total")) counts.exportCalls += value;
        if (name.endsWith(".upstream_rq_active")) counts.openCalls += value;
        const failure = FAILED.exec(name)?.[0].slice(1);
        if (failure !== undefined) counts.failures[failure] = (counts.failures[failure] ?? 0) + value;
    }
    return counts;
}

/** The growth of the counts. */
export function sidecarGrowth(before: SidecarCounts, after: SidecarCounts): SidecarCounts {
    const failures = Object.entries(after.failures).map(
        ([name, value]) => [name, value - (before.failures[name] ?? 0)] as const,
    );
    return {
        exportCalls: after.exportCalls - before.exportCalls,
        openCalls: after.openCalls,
        failures: Object.fromEntries(failures.filter(([, value]) => value > 0)),
        made: after.made - before.made,
        dropped: after.dropped - before.dropped,
    };
}

/** The current counts of a pair's sidecars. */
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

/** Jaeger's current counts, over all receivers. */
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
 * The same once Jaeger has stored so many spans in all, or none is on its way any more, or after `limitSeconds`. A
 * Jaeger that is starved of CPU rests in between.
 */
export function settledJaeger(
    lab: Cluster,
    pair: Pair,
    { stored, limitSeconds }: { stored: number; limitSeconds: number },
    signal: AbortSignal,
): Promise<CollectorCounts> {
    const settled = async (last: CollectorCounts, now: CollectorCounts): Promise<boolean> =>
        (now.stored ?? 0) >= stored || (isAtRest(last, now) && (await readSidecars(lab, pair)).openCalls === 0);
    return watchJaeger(lab, settled, limitSeconds, signal);
}

/** Whether Jaeger took and stored nothing in between, and holds nothing that it has not stored. */
function isAtRest(last: CollectorCounts, now: CollectorCounts): boolean {
    const unchanged = now.accepted === last.accepted && now.stored === last.stored;
    return unchanged && now.accepted <= (now.stored ?? 0) + now.storeFailed;
}

async function watchJaeger(
    lab: Cluster,
    done: (last: CollectorCounts, now: CollectorCounts) => boolean | Promise<boolean>,
    limitSeconds: number,
    signal: AbortSignal,
): Promise<CollectorCounts> {
    const end = performance.now() + limitSeconds * 1000;
    for (let last = await readJaeger(lab); ;) {
        signal.throwIfAborted();
        // Longer than this program's sidecars hold spans.
        await pause(1.3);
        const now = await readJaeger(lab);
        if ((await done(last, now)) || performance.now() > end) return now;
        last = now;
    }
}
