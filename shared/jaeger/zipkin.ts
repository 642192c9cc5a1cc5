import type { Span } from "./client";

/** A span as Zipkin takes it: https://zipkin.io/zipkin-api/#/default/post_spans */
export interface ZipkinSpan {
    traceId: string;
    id: string;
    parentId?: string;
    name: string;
    kind?: ZipkinKind;
    /** Microseconds since 1970. */
    timestamp: number;
    /** Microseconds; Zipkin refuses 0. */
    duration: number;
    localEndpoint: { serviceName: string };
    tags: Record<string, string>;
}

const KINDS = ["CLIENT", "SERVER", "PRODUCER", "CONSUMER"] as const;

/** Which side of a request a span is. Zipkin has no word for spans inside a service. */
export type ZipkinKind = (typeof KINDS)[number];

/** Jaeger's tag that says which side of a request a span is. */
const KIND_TAG = "span.kind";

/** Jaeger always has a value; to Zipkin, the tag itself means that the span failed. */
const ERROR_TAG = "error";

/** A span from Jaeger as Zipkin takes it. */
export function toZipkinSpan(span: Span): ZipkinSpan {
    const { [KIND_TAG]: kindText = "", [ERROR_TAG]: failed, ...tags } = span.tags;
    const kind = KINDS.find((known) => known === kindText.toUpperCase());
    return {
        traceId: span.traceId,
        id: span.spanId,
        ...(span.parentSpanId !== "" && { parentId: span.parentSpanId }),
        name: span.operation,
        ...(kind !== undefined && { kind }),
        timestamp: span.startMicros,
        duration: Math.max(1, span.durationMicros),
        localEndpoint: { serviceName: span.service },
        tags: failed === undefined || failed === "false" ? tags : { ...tags, [ERROR_TAG]: failed },
    };
}
