import type { Span, Trace } from "./client";

const BAR_WIDTH = 30;

/**
 * A trace as lines of text: service, operation, start, duration, parent, and a bar that shows when each span ran.
 * Children are indented below their parents.
 */
export function renderWaterfall(trace: Trace): string[] {
    const begin = Math.min(...trace.spans.map((span) => span.startMicros));
    const end = Math.max(...trace.spans.map((span) => span.startMicros + span.durationMicros));
    const total = Math.max(1, end - begin);
    const rows = inOrder(trace.spans).map(({ span, depth }) => ({
        name: `${"  ".repeat(depth)}${span.service}`,
        operation: span.operation,
        start: `+${milliseconds(span.startMicros - begin)}`,
        duration: milliseconds(span.durationMicros),
        parent: span.parentSpanId === "" ? "-" : span.parentSpanId,
        span: span.spanId,
        bar: bar((span.startMicros - begin) / total, span.durationMicros / total),
    }));
    const header = {
        name: "service",
        operation: "operation",
        start: "start",
        duration: "duration",
        parent: "parent",
        span: "span",
        bar: "",
    };
    const columns = ["name", "operation", "start", "duration", "span", "parent"] as const;
    const widths = columns.map((column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
    return [
        `trace ${trace.traceId}, ${String(trace.spans.length)} spans, ${milliseconds(total)}`,
        ...[header, ...rows].map((row) =>
            `  ${columns.map((column, index) => row[column].padEnd(widths[index] ?? 0)).join("  ")}  ${row.bar}`.trimEnd(),
        ),
    ];
}

/** Parents before children; a span whose parent is not in the trace is a root. */
export function inOrder(spans: Span[]): { span: Span; depth: number }[] {
    const ids = new Set(spans.map((span) => span.spanId));
    // If spans share an ID, a span can become its own descendant.
    const shown = new Set<Span>();
    const below = (parent: string, depth: number): { span: Span; depth: number }[] =>
        spans
            .filter((span) => span.parentSpanId === parent && span.spanId !== parent)
            .flatMap((span) => {
                if (shown.has(span)) return [];
                shown.add(span);
                return [{ span, depth }, ...below(span.spanId, depth + 1)];
            });
    const roots = spans.filter((span) => !ids.has(span.parentSpanId));
    return roots.flatMap((span) => [{ span, depth: 0 }, ...below(span.spanId, 1)]);
}

function bar(offset: number, share: number): string {
    const from = Math.min(BAR_WIDTH - 1, Math.floor(offset * BAR_WIDTH));
    const length = Math.max(1, Math.min(BAR_WIDTH - from, Math.round(share * BAR_WIDTH)));
    return `|${" ".repeat(from)}${"=".repeat(length)}${" ".repeat(BAR_WIDTH - from - length)}|`;
}

function milliseconds(micros: number): string {
    return `${(micros / 1000).toFixed(2)} ms`;
}
