import type { ProbeRun } from "../../../doctor/evidence";
import type { ListenerSummary } from "../../../doctor/evidence/envoyConfig";
import type { SidecarEvidence } from "../../../doctor/evidence/sidecar";
import type { Span } from "../../../shared/jaeger/client";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Patient } from "./patientModel";

/** What a sidecar of the path was configured with, and what it counted. */
export function sidecar(
    of: PodObject,
    { exports, stats, hasCluster, rejected, runtime }: Patient,
    cluster: string,
    chains: ListenerSummary[],
    requests: Record<string, number>,
): SidecarEvidence {
    const others = Object.fromEntries(Object.entries(requests).map(([name, total]) => [name, { rq_total: total }]));
    const none = Object.fromEntries(Object.keys(requests).map((name) => [name, { rq_total: 0 }]));
    const own = hasCluster ? { [cluster]: {} } : {};
    const hosts = hasCluster ? { [cluster]: exports } : {};
    return {
        pod: of,
        listeners: { value: { chains, rejected } },
        clusters: { value: hasCluster ? [{ name: cluster, http2: true, tls: "auto" }] : [] },
        ...(runtime !== undefined && { runtime: { value: runtime } }),
        before: { value: { clusters: { ...own, ...none }, hosts: {}, stats: stats.before } },
        after: { value: { clusters: { ...own, ...others }, hosts, stats: stats.after } },
    };
}

/** A probe, with a span of each hop where it arrived. */
export function probe(index: number, status: number, arrived: boolean): ProbeRun {
    const [traceId, spanId] = [String(index).repeat(32), String(index).repeat(16)];
    const span = (id: string, parentSpanId: string, app: string): Span => ({
        ...{
            traceId,
            spanId: id,
            parentSpanId,
            service: `${app}.demo`,
            operation: "/",
            startMicros: 1000,
            durationMicros: 10,
        },
        tags: { node_id: `sidecar~10.0.0.1~${app}-7f9-abc.demo~demo.svc.cluster.local` },
    });
    const trace = { traceId, spans: [span("a", spanId, "frontend"), span("b", "a", "backend")] };
    return {
        answer: { traceId, spanId, requestId: `9-${String(index)}`, status, error: "", unresolved: false },
        ...{ trace: arrived ? trace : undefined, seen: arrived, callsWithoutContext: [], expectedByChance: 0 },
    };
}
