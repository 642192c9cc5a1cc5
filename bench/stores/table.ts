import { groupBy } from "../../shared/values/groupBy";
import type { Figure } from "../section";
import { formatNumber, summarize } from "../statistics";

/** Columns of the table of stores: their titles, and the figures in them. */
const COLUMNS = [
    { title: "spans per second", metric: "spans into the store" },
    { title: "CPU seconds per million spans", metric: "CPU of a million spans" },
    { title: "search by ID", metric: "search by ID" },
    { title: "by a tag of one trace", metric: "search by a tag of one trace" },
    { title: "for 20 of 1 % of the traces", metric: "search for 20 traces by a tag of 1 %" },
    { title: "disk of a span", metric: "disk of a span" },
];
/** Units that the titles do not name. */
const UNITS = ["ms", "bytes"];

/** The medians of the section `stores`, a row for each store after the titles, as docs/storage.md has them. */
export function storesTable(figures: Figure[]): string[][] {
    const rows = [...groupBy(figures, ({ subject }) => subject)].map(([store, own]) => [
        store,
        ...COLUMNS.map(({ metric }) => cell(own.filter((figure) => figure.metric === metric))),
    ]);
    return [["store", ...COLUMNS.map(({ title }) => title)], ...rows];
}

/** Medians with the names of their parts, if there are several; of searches, the first one of each. */
function cell(figures: readonly Figure[]): string {
    const shown = figures.filter(({ conditions }) => conditions?.["time"] !== "second");
    const values = shown.map(({ samples, unit, conditions }) => {
        const value = formatNumber(summarize(samples)?.median ?? Number.NaN);
        const part = shown.length > 1 ? `${String(conditions?.["part"])} ` : "";
        return `${part}${value}${UNITS.includes(unit) ? ` ${unit}` : ""}`;
    });
    return values.join(", ") || "-";
}
