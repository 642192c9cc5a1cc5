import pc from "picocolors";
import type { Severity } from "../../checks/finding";
import { renderWaterfall } from "../../shared/jaeger/waterfall";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding, SegmentResult } from "../segments";
import { lossFacts, samplingFacts } from "./facts";
import { meshFacts, rateRows } from "./inventory";
import { describeVerdict, marksOf, sortFindings, type Mark } from "./verdict";

const MARKS: Record<SegmentResult["state"], string> = {
    ok: pc.green("●"),
    broken: pc.red("✖"),
    unknown: pc.yellow("?"),
};
const VERDICTS = { healthy: pc.green, faulty: pc.red, unproven: pc.yellow };
const COLOURS: Record<Severity, (text: string) => string> = { error: pc.red, warning: pc.yellow, info: pc.cyan };

/** The diagnosis for a terminal. */
export function formatText(full: Diagnosis): string {
    const diagnosis = printable(full);
    const { mesh, path, segments, skipped, trace } = diagnosis;
    return [
        `Doctor for Istio ${mesh.version || "of unknown version"} (revision ${mesh.revision}, ${mesh.installer})`,
        `Path: ${path}`,
        "",
        `  ${formatPath(marksOf(diagnosis))}`,
        "",
        verdict(diagnosis),
        "",
        ...sortFindings(diagnosis.findings).flatMap(formatFinding),
        ...formatFacts("Sampling of the first hop", samplingFacts(diagnosis)),
        ...formatRates(diagnosis),
        ...formatFacts("Spans at each stage during the doctor's requests", lossFacts(diagnosis)),
        ...(trace === undefined
            ? []
            : [pc.bold("The probe's trace"), ...renderWaterfall(trace).map((line) => `  ${line}`), ""]),
        ...formatFacts("The mesh", meshFacts(diagnosis.inventory)),
        ...(diagnosis.healthy ? [] : formatValues(segments)),
        ...skipped.map(({ what, reason }) => `${pc.dim("skipped")} ${what}: ${reason}`),
        verdict(diagnosis),
    ].join("\n");
}

/** Escapes control characters, which names of spans and lines of logs can contain. */
function printable<T>(value: T): T {
    const escapeControls = (text: string): string =>
        text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
    const change = (inner: unknown): unknown => {
        if (typeof inner === "string") return escapeControls(inner);
        if (Array.isArray(inner)) return inner.map(change);
        if (typeof inner !== "object" || inner === null) return inner;
        return Object.fromEntries(Object.entries(inner).map(([key, item]) => [escapeControls(key), change(item)]));
    };
    return change(value) as T;
}

/** The path as one line of marks. */
export function formatPath(marks: Mark[]): string {
    return marks.map(({ state, of }) => `${MARKS[state]} ${of}`).join(" ── ");
}

/** The result in one sentence. */
export function verdict(diagnosis: Diagnosis): string {
    const { state, sentence } = describeVerdict(diagnosis);
    return sentence.replace(/^[^:,]+/, VERDICTS[state]);
}

/** A finding with its cure. */
export function formatFinding(finding: DoctorFinding): string[] {
    const { severity, resource, id, segment, expected, got, cure, commands } = finding;
    return [
        `${COLOURS[severity](severity)} in ${segment}: ${resource} ${pc.dim(`(${id})`)}`,
        `  expected: ${expected}`,
        `  got:      ${got}`,
        `  cure:     ${cure}`,
        // The end of a here-document must not be indented.
        ...commands.flatMap((command) => (command.includes("\n") ? ["", command] : [`    ${command}`])),
        "",
    ];
}

/** The other reports contain the remaining rows. */
const ROWS = 10;

/** The rates of the mesh and what decided them. A single rate needs no table. */
function formatRates({ inventory }: Diagnosis): string[] {
    const rows = rateRows(inventory);
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
        ...(more > 0 ? [`  and ${String(more)} more rates; use --json to list all`] : []),
        "",
    ];
}

/** Lines of labels and values below a heading. */
function formatFacts(heading: string, facts: [string, string][]): string[] {
    const width = Math.max(...facts.map(([what]) => what.length));
    return [pc.bold(heading), ...facts.map(([what, value]) => `  ${what.padEnd(width)}  ${value}`), ""];
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
