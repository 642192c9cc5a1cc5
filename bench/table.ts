import pc from "picocolors";
import type { Check } from "./compare";
import type { BenchRecord, SectionRecord } from "./record";
import { COLUMNS, describeLimit, figureRows, HEAD, isMet, type Row } from "./rows";
import { formatNumber, type Ratio } from "./statistics";

/** A run as lines for a terminal. */
export function renderTable(record: BenchRecord): string[] {
    return record.sections.flatMap((section) => ["", ...renderSection(section)]);
}

function renderSection(section: SectionRecord): string[] {
    const { machine, versions, when, ending } = describeCircumstances(section);
    return [
        pc.bold(section.title) + ` (${section.name})`,
        ...[machine, versions, when, ...(ending === undefined ? [] : [ending])].map((line) => `  ${line}`),
        ...(section.figures.length === 0 ? ["  nothing was measured"] : align(figureRows(section.figures))),
        ...section.goals.map((goal) => {
            const mark = isMet(goal) ? pc.green("met   ") : pc.red("missed");
            const measured = `${formatNumber(goal.value)} ${goal.unit}`.trim();
            const note = goal.note === undefined ? "" : `. ${goal.note}`;
            return `  goal ${mark}  ${goal.text}: ${measured} (${describeLimit(goal)})${note}`;
        }),
        ...section.notes.map((note) => `  ${note}`),
    ];
}

/** The circumstances without which figures are useless. */
export interface Circumstances {
    machine: string;
    versions: string;
    when: string;
    /** The reason why the section did not end. */
    ending?: string;
}

export function describeCircumstances(section: SectionRecord): Circumstances {
    const { machine, versions, date, commit, repeats, minutes, interrupted, failure } = section;
    const { cpu, cores, memoryGiB, kernel, loadAtStart } = machine;
    const of = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    const cut = interrupted ? "Interrupted: it has what was measured until then." : undefined;
    return {
        machine: `${cpu}, ${String(cores)} cores, ${String(memoryGiB)} GiB, ${kernel}`,
        versions: of.join(", "),
        when:
            `${date}, commit ${commit}, ${String(repeats)} repeats, ${formatNumber(minutes)} min, ` +
            `load ${formatNumber(loadAtStart)} at the start`,
        ending: failure === undefined ? cut : `Failed: ${failure}`,
    };
}

function align(rows: Row[]): string[] {
    const widths = COLUMNS.map((column) => Math.max(...[HEAD, ...rows].map((row) => row[column].length)));
    return [HEAD, ...rows].map((row) =>
        `  ${COLUMNS.map((column, index) => row[column].padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd(),
    );
}

/** The result of `--check` as lines. Unchanged ratios are only counted. */
export function renderCheck({ comparisons, missing }: Check): string[] {
    const of = (verdict: string): Check["comparisons"] => comparisons.filter((one) => one.verdict === verdict);
    const line = (one: Check["comparisons"][number]): string =>
        `${one.section}, ${one.metric}: ${one.over} to ${one.under}: ` +
        `${one.then === undefined ? "" : `was ${describeRatio(one.then)}, `}is ${describeRatio(one.now)}`;
    return [
        ...of("worse").map((one) => `${pc.red("worse")}   ${line(one)}`),
        ...of("better").map((one) => `${pc.green("better")}  ${line(one)}`),
        ...of("new").map((one) => `new     ${line(one)}`),
        ...missing.map((what) => `missing ${what}`),
        `${String(comparisons.length)} ratios: ${String(of("worse").length)} worse, ${String(of("better").length)} better, ` +
            `${String(of("same").length)} the same, ${String(of("new").length)} new, ${String(missing.length)} missing`,
    ];
}

function describeRatio({ value, low, high, count }: Ratio): string {
    return count === 1 ? formatNumber(value) : `${formatNumber(value)} (${formatNumber(low)} to ${formatNumber(high)})`;
}
