import type { Span, Trace } from "../../shared/jaeger/client";
import type { PodObject } from "../../shared/kubernetes/objects";
import { fullName, listNames } from "../inventory/mesh";

/** The structure of a probe's trace. Spans are never counted, because their number depends on Istio's version. */
export interface TraceStructure {
    /** Pods of the path without a span. */
    missing: string[];
    /** Spans directly below the probe's own. */
    roots: Span[];
    /** Spans whose parent was not reported. */
    orphans: Span[];
}

/** One hop of the path: one of these pods must have reported a span. */
export interface Hop {
    what: string;
    pods: PodObject[];
    /** The pod that calls them. A rule may route single requests to other pods, which count as well. */
    askedBy: PodObject | undefined;
}

/** Compares a trace with the hops of the probe. */
export function readStructure(trace: Trace | undefined, probeSpan: string, hops: Hop[]): TraceStructure {
    const spans = trace?.spans ?? [];
    const ids = new Set(spans.map(({ spanId }) => spanId));
    return {
        missing: hops.filter((hop) => !isThere(hop, spans)).map(({ what }) => what),
        roots: spans.filter(({ parentSpanId }) => parentSpanId === probeSpan || parentSpanId === ""),
        orphans: spans.filter(
            ({ parentSpanId }) => parentSpanId !== "" && parentSpanId !== probeSpan && !ids.has(parentSpanId),
        ),
    };
}

function isThere({ pods, askedBy }: Hop, spans: Span[]): boolean {
    if (spans.some((span) => pods.some((pod) => isOf(span, pod)))) return true;
    if (askedBy === undefined) return false;
    const asked = new Set(spans.filter((span) => isOf(span, askedBy)).map(({ spanId }) => spanId));
    // An application's own spans have no node tag.
    return spans.some(
        (span) => asked.has(span.parentSpanId) && span.tags["node_id"] !== undefined && !isOf(span, askedBy),
    );
}

/** True for a trace that proves the path: every hop, one root, and every parent is present. */
export function isComplete({ missing, roots, orphans }: TraceStructure): boolean {
    return missing.length === 0 && roots.length === 1 && orphans.length === 0;
}

/** True for a span that this pod's sidecar reported. */
export function isOf({ tags, service }: Span, pod: PodObject): boolean {
    const node = tags["node_id"];
    if (node !== undefined) return node.includes(`~${pod.metadata.name}.${pod.metadata.namespace ?? ""}~`);
    // Without Envoy's own tag, by Istio's name of the workload.
    const labels = pod.metadata.labels ?? {};
    const app = labels["app"] ?? labels["app.kubernetes.io/name"];
    return app !== undefined && service === `${app}.${pod.metadata.namespace ?? ""}`;
}

/** The hops of a path whose pods have sidecars. */
export function hopsOf(source: PodObject | undefined, targets: PodObject[]): Hop[] {
    const hops: Hop[] = source === undefined ? [] : [{ what: fullName(source), pods: [source], askedBy: undefined }];
    return targets.length === 0
        ? hops
        : [...hops, { what: listNames(targets, " or "), pods: targets, askedBy: source }];
}
