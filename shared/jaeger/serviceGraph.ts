import type { Span, Trace } from "./client";

/** A service, or a host that was called and reported no spans. */
export interface GraphService {
    name: string;
    /** False for a host that is only known from its callers. */
    reports: boolean;
    /** Requests that began a trace here, which came from outside of the traced services. */
    entries: number;
}

/** The calls from one service to another. */
export interface GraphEdge {
    caller: string;
    callee: string;
    calls: number;
    /** Calls whose callee, or whose caller if the callee reports nothing, has an error. */
    errors: number;
    /** Median duration as the reporting side saw it, in microseconds. */
    medianMicros: number;
}

/** Who calls whom in some traces. */
export interface ServiceGraph {
    services: GraphService[];
    edges: GraphEdge[];
    traces: number;
    /** Spans whose parent is missing, so that their caller is unknown. */
    orphans: number;
}

/** The calls in traces: a span whose parent belongs to another service, or a call that nobody answered with a span. */
export function graphOf(traces: Trace[]): ServiceGraph {
    const edges = new Map<string, { edge: GraphEdge; micros: number[] }>();
    const services = new Map<string, GraphService>();
    let orphans = 0;
    const service = (name: string, reports: boolean): GraphService => {
        const known = services.get(name) ?? { name, reports, entries: 0 };
        known.reports ||= reports;
        services.set(name, known);
        return known;
    };
    const call = (caller: string, callee: string, seen: Span): void => {
        const key = JSON.stringify([caller, callee]);
        const found = edges.get(key) ?? { edge: { caller, callee, calls: 0, errors: 0, medianMicros: 0 }, micros: [] };
        found.edge.calls++;
        if (isError(seen)) found.edge.errors++;
        found.micros.push(seen.durationMicros);
        edges.set(key, found);
    };
    for (const { spans } of traces) {
        const byId = new Map(spans.map((span) => [span.spanId, span]));
        const answered = new Set<string>();
        for (const span of spans) {
            const parent = byId.get(span.parentSpanId);
            const own = service(span.service, true);
            if (parent === undefined) {
                if (span.parentSpanId !== "") orphans++;
                else if (!isClient(span)) own.entries++;
            } else if (parent.service !== span.service || (isClient(parent) && isServer(span))) {
                answered.add(parent.spanId);
                call(parent.service, span.service, span);
            }
        }
        const parents = new Set(spans.map(({ parentSpanId }) => parentSpanId));
        for (const span of spans) {
            const host = isClient(span) && !answered.has(span.spanId) ? calledHost(span) : undefined;
            // The span of a proxy below that of its application's client names the same call.
            if (host === undefined || parents.has(span.spanId)) continue;
            service(host, false);
            call(span.service, host, span);
        }
    }
    return {
        services: [...services.values()].sort((left, right) => compare(left.name, right.name)),
        edges: [...edges.values()]
            .map(({ edge, micros }) => ({ ...edge, medianMicros: median(micros) }))
            .sort((left, right) => compare(left.caller, right.caller) || compare(left.callee, right.callee)),
        traces: traces.length,
        orphans,
    };
}

function isClient({ tags }: Span): boolean {
    return tags["span.kind"] === "client" || tags["span.kind"] === "producer";
}

function isServer({ tags }: Span): boolean {
    return tags["span.kind"] === "server" || tags["span.kind"] === "consumer";
}

function isError({ tags }: Span): boolean {
    return (
        tags["error"] === "true" || Number(tags["http.status_code"] ?? tags["http.response.status_code"] ?? 0) >= 500
    );
}

/** The host that a client's span names: Envoy's cluster, or the tags of OpenTelemetry. */
function calledHost({ tags }: Span): string | undefined {
    const cluster = tags["upstream_cluster.name"] ?? tags["upstream_cluster"] ?? "";
    const [, port = "", host = ""] = /^outbound\|(\d+)\|[^|]*\|([^;]+)/.exec(cluster) ?? [];
    if (host !== "") return `${host}:${port}`;
    const named = tags["peer.service"] ?? tags["server.address"] ?? tags["net.peer.name"];
    if (named !== undefined) return named;
    return URL.parse(tags["http.url"] ?? tags["url.full"] ?? "")?.host;
}

function median(values: number[]): number {
    const sorted = [...values].sort((left, right) => left - right);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** The same on every machine, unlike a comparison by locale. */
function compare(left: string, right: string): number {
    return left < right ? -1 : left > right ? 1 : 0;
}
