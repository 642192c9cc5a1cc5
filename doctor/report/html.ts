import { escapeMarkup } from "../../shared/reports/escape";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding, SegmentResult } from "../segments";
import { lossFacts, samplingFacts } from "./facts";
import { list, section } from "./htmlParts";
import { STYLE } from "./htmlStyle";
import { renderTrace } from "./htmlTrace";
import { meshFacts, rateRows } from "./inventory";
import { describeVerdict, marksOf, sortFindings, type Mark } from "./verdict";

/** The diagnosis as one self-contained page. */
export function formatHtml(diagnosis: Diagnosis, when = new Date()): string {
    return page(describeVerdict(diagnosis).title, renderBody(diagnosis, when, ""));
}

/** The diagnoses of several clusters as one self-contained page, below a list of the clusters. */
export function formatPages(
    clusters: { context: string; result: Diagnosis | { problem: string } }[],
    when = new Date(),
): string {
    const items = clusters.map(({ context, result }, index) => {
        const { state, title } =
            "problem" in result ? { state: "unproven", title: "Not examined" } : describeVerdict(result);
        return `<li><a href="#cluster-${String(index)}">${escapeMarkup(context)}</a>: <span class="${state}">${title}</span></li>`;
    });
    const bodies = clusters.map(({ context, result }, index) => {
        const body =
            "problem" in result
                ? `<p>${escapeMarkup(result.problem)}</p>`
                : renderBody(result, when, `${String(index)}-`);
        return `<h1 id="cluster-${String(index)}">${escapeMarkup(context)}</h1>${body}`;
    });
    const title = `Tracing in ${String(clusters.length)} clusters`;
    return page(title, `<h1>${title}</h1><ul>${items.join("")}</ul>${bodies.join("\n")}`);
}

function page(title: string, body: string): string {
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** @param prefix of the element IDs, which must differ on one page. */
function renderBody(diagnosis: Diagnosis, when: Date, prefix: string): string {
    const { mesh, path, segments, trace, skipped, inventory } = diagnosis;
    const { state, title, sentence } = describeVerdict(diagnosis);
    return `<header class="${state}">
<h1>${title}</h1>
<p>${escapeMarkup(sentence)}</p>
<p class="dim">${escapeMarkup(path)}</p>
<p class="dim">Istio ${escapeMarkup(mesh.version || "of unknown version")}, revision ${escapeMarkup(mesh.revision)}, ${escapeMarkup(mesh.installer)}; ${when.toISOString().slice(0, 16).replace("T", " ")} UTC</p>
</header>
<ol class="path" aria-label="segments of the path">${marksOf(diagnosis)
        .map((mark) => renderMark(mark, prefix))
        .join("")}</ol>
${section("Findings", sortFindings(diagnosis.findings).map(renderFinding).join("") || "<p>None.</p>")}
${trace === undefined ? "" : section("The probe's trace", renderTrace(trace))}
${section("Sampling", list(samplingFacts(diagnosis), ` id="${prefix}sampling"`) + renderRates(diagnosis))}
${section("Spans at each stage", list(lossFacts(diagnosis)))}
${section("The mesh", list(meshFacts(inventory)))}
${section("Evidence", segments.map((one) => renderEvidence(one, prefix)).join(""))}
${skipped.length === 0 ? "" : section("Not read", list(skipped.map(({ what, reason }) => [what, reason])))}`;
}

const MARKS: Record<SegmentResult["state"], string> = { ok: "✓", broken: "✗", unknown: "?" };

function renderMark({ of, state }: Mark, prefix: string): string {
    return `<li class="${state}"><a href="#${prefix}${of}"><span aria-hidden="true">${MARKS[state]}</span> ${of}<span class="state"> ${state}</span></a></li>`;
}

function renderFinding({ severity, segment, resource, id, expected, got, cure, commands }: DoctorFinding): string {
    const shell = commands.map((command) => `<pre><code>${escapeMarkup(command)}</code></pre>`).join("");
    return `<article class="${severity}"><h3><span class="badge">${severity}</span> ${escapeMarkup(resource)}</h3>${list(
        [
            ["segment", segment],
            ["expected", expected],
            ["got", got],
            ["cure", cure],
        ],
    )}${shell}<p class="dim">${id}</p></article>`;
}

/** The JSON contains the other rows. */
const ROWS = 40;

function renderRates({ inventory }: Diagnosis): string {
    const rows = rateRows(inventory);
    const more = rows.length - ROWS;
    const shown = rows.slice(0, ROWS).map(({ rate, who, decidedBy, live }) => {
        const by = `by ${decidedBy}${live === "" ? "" : `; live ${live}`}`;
        return `<li><b>${escapeMarkup(rate)}</b> ${escapeMarkup(who)}<br><span class="dim">${escapeMarkup(by)}</span></li>`;
    });
    const rest = more > 0 ? `<p>and ${String(more)} more rates; use --json to list all</p>` : "";
    return rows.length === 0
        ? ""
        : `<h3>By namespace, and by workload where it differs</h3><ul>${shown.join("")}</ul>${rest}`;
}

function renderEvidence({ segment, state, values }: SegmentResult, prefix: string): string {
    // A browser opens the element that contains a link's target, not the target itself.
    const content = list(Object.entries(values), ` id="${prefix}${segment}"`);
    return `<details${state === "broken" ? " open" : ""}><summary class="${state}">${segment}: ${state}</summary>${content}</details>`;
}
