import pc from "picocolors";
import type { Severity } from "../../checks/finding";
import { renderWaterfall } from "../../cli/trace/waterfall";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding, SegmentResult } from "../model";
import { meshFacts, rateRows, showPercent } from "./survey";
import { describeVerdict, sortFindings } from "./verdict";

const MARKS: Record<SegmentResult["state"], string> = {
    ok: pc.green("●"),
    broken: pc.red("✖"),
    unknown: pc.yellow("?"),
};
const VERDICTS = { healthy: pc.green, faulty: pc.red, unproven: pc.yellow };
const COLOURS: Record<Severity, (text: string) => string> = { error: pc.red, warning: pc.yellow, info: pc.cyan };
const SHAPES = { hexadecimal: "of 32 hexadecimal digits", text: "of other text" };

/** The diagnosis for a terminal. */
export function formatText(diagnosis: Diagnosis): string {
    const { mesh, path, segments, skipped, trace } = diagnosis;
    return [
        `Doctor for Istio ${mesh.version} (revision ${mesh.revision}, ${mesh.installer})`,
        `Path: ${path}`,
        "",
        `  ${formatPath(segments)}`,
        "",
        verdict(diagnosis),
        "",
        ...sortFindings(diagnosis.findings).flatMap(formatFinding),
        ...formatSampling(diagnosis),
        ...formatRates(diagnosis),
        ...formatLoss(diagnosis),
        ...(trace === undefined
            ? []
            : [pc.bold("The probe's trace"), ...renderWaterfall(trace).map((line) => `  ${line}`), ""]),
        ...formatMesh(diagnosis),
        ...(diagnosis.healthy ? [] : formatValues(segments)),
        ...skipped.map(({ what, reason }) => `${pc.dim("skipped")} ${what}: ${reason}`),
        verdict(diagnosis),
    ].join("\n");
}

/** The path as one line of segments. */
export function formatPath(segments: SegmentResult[]): string {
    return segments.map(({ state, segment }) => `${MARKS[state]} ${segment}`).join(" ── ");
}

/** The result in one sentence. */
export function verdict(diagnosis: Diagnosis): string {
    const { state, sentence } = describeVerdict(diagnosis);
    return sentence.replace(/^[^:]+/, VERDICTS[state]);
}

/** A finding with its cure. */
export function formatFinding(finding: DoctorFinding): string[] {
    const { severity, resource, id, segment, expected, got, cure, commands } = finding;
    return [
        `${COLOURS[severity](severity)} in ${segment}: ${resource} ${pc.dim(`(${id})`)}`,
        `  expected: ${expected}`,
        `  got:      ${got}`,
        `  cure:     ${cure}`,
        // Indented, the end of a here-document would not be seen as such.
        ...commands.flatMap((command) => (command.includes("\n") ? ["", command] : [`    ${command}`])),
        "",
    ];
}

function formatSampling({ sampling }: Diagnosis): string[] {
    const { configuredPercent, decidedBy, livePercent, requests, traces, interval, foreignIds } = sampling;
    return [
        pc.bold("Sampling of the first hop"),
        `  configured ${showPercent(configuredPercent)}, decided by ${decidedBy}`,
        `  live in the sidecar: ${livePercent === undefined ? "not read" : showPercent(livePercent)}`,
        traces === undefined || interval === undefined
            ? "  not measured"
            : `  measured: ${String(traces)} traces of ${String(requests)} requests; the true share lies between ${showPercent(interval.least)} and ${showPercent(interval.greatest)}`,
        ...(foreignIds ?? []).map(
            ({ shape, sent, recorded }) =>
                `  with an x-request-id ${SHAPES[shape]}: ${recorded === 0 ? "never recorded" : "recorded"} (${String(recorded)} of ${String(sent)})`,
        ),
        "",
    ];
}

/** Rows beyond these stand in the other reports. */
const ROWS = 10;

/** Who has which rate, and who decided so; one rate for all needs no table. */
function formatRates({ survey }: Diagnosis): string[] {
    const rows = rateRows(survey);
    if (rows.length === 0) return [];
    const more = rows.length - ROWS;
    const width = Math.max(...rows.slice(0, ROWS).map(({ rate }) => rate.length));
    return [
        pc.bold("Sampling by namespace, and by workload where it differs"),
        ...rows
            .slice(0, ROWS)
            .flatMap(({ rate, who, decidedBy, live }) => [
                `  ${rate.padStart(width)}  ${who}`,
                pc.dim(`  ${" ".repeat(width)}  by ${decidedBy}${live === "" ? "" : `; live ${live}`}`),
            ]),
        ...(more > 0 ? [`  and ${String(more)} more rates, which --json lists`] : []),
        "",
    ];
}

function formatMesh({ survey }: Diagnosis): string[] {
    const facts = meshFacts(survey);
    const width = Math.max(...facts.map(([what]) => what.length));
    return [pc.bold("The mesh"), ...facts.map(([what, value]) => `  ${what.padEnd(width)}  ${value}`), ""];
}

function formatLoss({ loss }: Diagnosis): string[] {
    const show = (count: number | undefined): string => (count === undefined ? "not counted" : String(count));
    const missing = Object.values(loss.missing).reduce((sum, count) => sum + count, 0);
    return [
        pc.bold("Spans on their way, while the doctor's requests ran"),
        `  made by the path's sidecars ${show(loss.made)}, export calls ${show(loss.exportsSucceeded)} ok and ${show(loss.exportsFailed)} failed`,
        `  accepted by the collector ${show(loss.accepted)}, refused ${show(loss.refused)}, stored ${show(loss.stored)} (of the whole mesh)`,
        `  of the doctor's own: ${show(loss.found)} found, ${String(missing)} missing` +
            (loss.expected === undefined ? ", as far as traces tell below 100 %" : ` of ${String(loss.expected)}`),
        "",
    ];
}

function formatValues(segments: SegmentResult[]): string[] {
    return [
        pc.bold("Evidence"),
        ...segments.flatMap(({ segment, state, values }) => [
            `  ${MARKS[state]} ${segment}`,
            ...Object.entries(values).map(([what, value]) => `      ${what}: ${value}`),
        ]),
        "",
    ];
}
