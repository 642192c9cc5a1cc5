import type { Span, Trace } from "../../cli/trace/jaegerClient";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding, SegmentResult } from "../model";
import { STYLE } from "./htmlStyle";
import { meshFacts, rateRows } from "./survey";
import { sortFindings } from "./text";

/** The diagnosis as one page that needs nothing but itself. */
export function formatHtml(diagnosis: Diagnosis, when = new Date()): string {
    const { mesh, path, segments, healthy, trace, skipped } = diagnosis;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tracing: ${healthy ? "healthy" : "not healthy"}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1 class="${healthy ? "ok" : "broken"}">${healthy ? "Tracing works" : "Tracing does not work"}</h1>
<p>${escape(path)}</p>
<p class="dim">Istio ${escape(mesh.version)}, revision ${escape(mesh.revision)}, ${escape(mesh.installer)}; ${when.toISOString().slice(0, 16)}Z</p>
</header>
<ol class="path" aria-label="segments of the path">${segments.map(renderSegment).join("")}</ol>
${section("Findings", sortFindings(diagnosis.findings).map(renderFinding).join("") || "<p>None.</p>")}
${section("Sampling and loss", renderNumbers(diagnosis) + renderRates(diagnosis))}
${trace === undefined ? "" : section("The probe's trace", renderWaterfall(trace))}
${section("The mesh", list(meshFacts(diagnosis.survey)))}
${section("Evidence", segments.map(renderEvidence).join(""))}
${skipped.length === 0 ? "" : section("Not read", list(skipped.map(({ what, reason }) => [what, reason])))}
</body>
</html>
`;
}

function section(title: string, content: string): string {
    return `<section><h2>${title}</h2>${content}</section>`;
}

function renderSegment({ segment, state }: SegmentResult): string {
    return `<li class="${state}"><a href="#${segment}">${segment}<span class="state"> ${state}</span></a></li>`;
}

function renderFinding({ severity, segment, resource, id, expected, got, cure, commands }: DoctorFinding): string {
    const shell = commands.map((command) => `<pre><code>${escape(command)}</code></pre>`).join("");
    return `<article class="${severity}"><h3>${severity} in ${segment}: ${escape(resource)}</h3>${list([
        ["expected", expected],
        ["got", got],
        ["cure", cure],
    ])}${shell}<p class="dim">${id}</p></article>`;
}

function renderNumbers({ sampling, loss }: Diagnosis): string {
    const show = (value: number | undefined, unit = ""): string =>
        value === undefined ? "not known" : `${String(Number(value.toFixed(2)))}${unit}`;
    const { interval } = sampling;
    const between =
        interval && `, true share between ${show(interval.least, " %")} and ${show(interval.greatest, " %")}`;
    return list([
        ["configured", `${show(sampling.configuredPercent, " %")}, by ${sampling.decidedBy}`],
        ["live in the sidecar", show(sampling.livePercent, " %")],
        ["measured", `${show(sampling.traces)} traces of ${show(sampling.requests)} requests${between ?? ""}`],
        ["spans made by the path's sidecars", show(loss.made)],
        ["export calls", `${show(loss.exportsSucceeded)} succeeded, ${show(loss.exportsFailed)} failed`],
        ["spans accepted and stored, of the whole mesh", `${show(loss.accepted)} and ${show(loss.stored)}`],
        ["of the doctor's own spans", `${show(loss.expected)} expected, ${show(loss.found)} found`],
    ]);
}

/** Rows beyond these stand in the JSON. */
const ROWS = 40;

function renderRates({ survey }: Diagnosis): string {
    const rows = rateRows(survey);
    const more = rows.length - ROWS;
    const shown = rows
        .slice(0, ROWS)
        .map(
            ({ rate, who, decidedBy, live }) =>
                `<li><b>${escape(rate)}</b> ${escape(who)}<span class="dim">by ${escape(decidedBy)}${live === "" ? "" : `; live ${escape(live)}`}</span></li>`,
        );
    return `<h3>By namespace, and by workload where it differs</h3><ul class="rates">${shown.join("")}</ul>${more > 0 ? `<p>and ${String(more)} more rates, which --json lists</p>` : ""}`;
}

function renderEvidence({ segment, state, values }: SegmentResult): string {
    return `<details id="${segment}"${state === "broken" ? " open" : ""}><summary class="${state}">${segment}: ${state}</summary>${list(Object.entries(values))}</details>`;
}

function renderWaterfall({ traceId, spans }: Trace): string {
    const begin = Math.min(...spans.map(({ startMicros }) => startMicros));
    const total = Math.max(1, ...spans.map(({ startMicros, durationMicros }) => startMicros + durationMicros - begin));
    const row = ({ service, operation, startMicros, durationMicros }: Span): string => {
        const left = ((startMicros - begin) / total) * 100;
        const width = Math.max(1, (durationMicros / total) * 100);
        const bar = `<span class="bar" style="margin-left:${left.toFixed(1)}%;width:${Math.min(width, 100 - left).toFixed(1)}%"></span>`;
        return `<li><b>${escape(service)}</b> <span class="dim">${escape(operation)}, ${(durationMicros / 1000).toFixed(2)} ms</span>${bar}</li>`;
    };
    return `<p><code>${escape(traceId)}</code></p><ol class="waterfall">${spans.map(row).join("")}</ol>`;
}

function list(rows: [string, string][]): string {
    return `<dl>${rows.map(([what, value]) => `<dt>${escape(what)}</dt><dd>${escape(value)}</dd>`).join("")}</dl>`;
}

/** What a cluster answers may hold anything. */
function escape(text: string): string {
    const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
    return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
