import { printable } from "../../checks/printable";
import type { GraphEdge, ServiceGraph } from "../../shared/jaeger/serviceGraph";
import type { ReadTraces } from "./read";

/** Names that a sentence lists. */
const NAMES = 5;

/** What the numbers of a graph mean, and what it cannot show. */
export function notesOf(
    graph: ServiceGraph,
    { cut, left, rates, from }: ReadTraces,
    { limit, lookback }: Limits,
): string[] {
    const list = (names: string[]): string =>
        names.slice(0, NAMES).join(", ") + (names.length > NAMES ? ` and ${String(names.length - NAMES)} more` : "");
    const notes = [
        `From ${String(graph.traces)} traces of the last ${lookback}, by Jaeger's query API (${from}).`,
        `Counts are calls in recorded traces, not all calls: ${describeRates(rates)}`,
        "If a collector drops traces on purpose, for example by tail sampling, some calls appear more rarely than " +
            "others.",
    ];
    if (cut.length > 0)
        notes.push(
            `Only the newest ${String(limit)} traces were read of ${list(cut)}: use a larger --limit or a shorter --lookback.`,
        );
    if (left > 0) notes.push(`${String(left)} services were not read, because there are too many.`);
    if (graph.orphans > 0)
        notes.push(
            `The caller of ${String(graph.orphans)} spans is unknown, because the parent was not reported or is not stored.`,
        );
    if (graph.services.some(({ reports }) => !reports))
        notes.push("Dashed: hosts that report no spans, known only from the spans of their callers.");
    return notes;
}

/** The limits of the traces that were read. */
export interface Limits {
    limit: number;
    /** Such as `60m`. */
    lookback: string;
}

function describeRates(rates: ReadTraces["rates"]): string {
    if (rates === undefined || rates.length === 0)
        return "at a low sampling rate, a rare call can be missing. The rate is unknown here.";
    const percents = [...new Set(rates.map(({ percent }) => percent))].sort((left, right) => left - right);
    const [least = 100] = percents;
    const most = percents.at(-1) ?? 100;
    if (least === 100) return "the mesh records 100 % of new traces, so no call is missing because of its sampling.";
    const rare =
        least === 0
            ? "Calls of traces that begin at a rate of 0 % never appear."
            : `A call that happens in fewer than about ${String(Math.ceil((100 / least) * 3))} requests can be missing.`;
    const rate = least === most ? `${String(least)} %` : `${String(least)} to ${String(most)} %, by namespace,`;
    const compared =
        least === most ? "" : " Counts of services that begin traces at different rates cannot be compared.";
    return `the mesh records ${rate} of new traces. ${rare}${compared}`;
}

/** The graph as a Mermaid flowchart, which GitHub, GitLab and many editors draw. */
export function formatMermaid(graph: ServiceGraph, notes: string[]): string {
    const ids = new Map(graph.services.map(({ name }, index) => [name, `s${String(index)}`]));
    const id = (name: string): string => ids.get(name) ?? "";
    const hidden = graph.services.filter(({ reports }) => !reports).map(({ name }) => id(name));
    return [
        ...notes.map((note) => `%% ${printable(note)}`),
        "flowchart LR",
        ...graph.services.map(
            ({ name, reports }) => `    ${id(name)}${reports ? `["${label(name)}"]` : `(["${label(name)}"])`}`,
        ),
        ...graph.edges.map(
            (edge) => `    ${id(edge.caller)} ${arrow(edge, hidden.includes(id(edge.callee)))} ${id(edge.callee)}`,
        ),
        ...(hidden.length === 0
            ? []
            : ["    classDef silent stroke-dasharray: 4 4", `    class ${hidden.join(",")} silent`]),
    ].join("\n");
}

/** The graph for programs. */
export function formatJson(
    graph: ServiceGraph,
    { cut, left, rates, from }: ReadTraces,
    limits: Limits,
    notes: string[],
): string {
    return JSON.stringify({ ...graph, from, ...limits, cut, servicesNotAsked: left, rates, notes }, null, 2);
}

function arrow({ calls, errors, medianMicros }: GraphEdge, silent: boolean): string {
    const failed = errors === 0 ? "" : `, ${String(errors)} failed`;
    const text = `${String(calls)} calls${failed}, ${(medianMicros / 1000).toFixed(1)} ms`;
    return `${silent ? "-.->" : errors === 0 ? "-->" : "==>"}|"${text}"|`;
}

/** Mermaid reads quotes, entities and line breaks in a label. */
function label(name: string): string {
    return printable(name).replace(/[&"<>#;]/g, (character) => `#${String(character.charCodeAt(0))};`);
}
