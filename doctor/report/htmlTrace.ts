import type { Trace } from "../../shared/jaeger/client";
import { inOrder } from "../../shared/jaeger/waterfall";
import { escapeMarkup } from "../../shared/reports/escape";

/** A trace as nested bars: children below their parents, each from its start to its end. */
export function renderTrace({ traceId, spans }: Trace): string {
    const begin = Math.min(...spans.map(({ startMicros }) => startMicros));
    const total = Math.max(1, ...spans.map(({ startMicros, durationMicros }) => startMicros + durationMicros - begin));
    const services = [...new Set(spans.map(({ service }) => service))];
    const rows = inOrder(spans).map(({ span, depth }) => {
        const { service, operation, startMicros, durationMicros } = span;
        const left = Math.min(99, ((startMicros - begin) / total) * 100);
        const width = Math.min(100 - left, Math.max(1, (durationMicros / total) * 100));
        const place = `margin-left:${left.toFixed(1)}%;width:${width.toFixed(1)}%`;
        const when = `+${milliseconds(startMicros - begin)}, ${milliseconds(durationMicros)}`;
        return (
            `<li><span class="name" style="padding-left:${String(depth)}rem"><b>${escapeMarkup(service)}</b> ` +
            `${escapeMarkup(operation)}</span><span class="when">${when}</span>` +
            `<span class="track"><span class="bar service${String(services.indexOf(service) % 4)}" style="${place}"></span></span></li>`
        );
    });
    const summary = `${String(spans.length)} spans of ${String(services.length)} services, ${milliseconds(total)}`;
    return `<p>${summary}</p><p class="dim"><code>${escapeMarkup(traceId)}</code></p><ol class="waterfall">${rows.join("")}</ol>`;
}

function milliseconds(micros: number): string {
    return `${(micros / 1000).toFixed(2)} ms`;
}
