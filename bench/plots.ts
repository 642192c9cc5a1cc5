import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { groupBy } from "../shared/values/groupBy";
import { describeConditions, type SectionRecord } from "./record";
import type { Figure } from "./section";
import { summarize } from "./statistics";

const WIDTH = 800;
/** Of a letter of the axes' labels, about. */
const LETTER_WIDTH = 5.6;

/** A plot and its file. */
export interface NamedPlot {
    file: string;
    title: string;
    svg: string;
}

/** One plot for each metric of a section with something to compare. */
export function renderPlots(section: SectionRecord): NamedPlot[] {
    const measured = section.figures.filter(({ samples }) => samples.length > 0);
    const metrics = [...groupBy(measured, ({ metric, unit }) => `${metric} (${unit})`)];
    return metrics
        .filter(([, figures]) => figures.length > 1)
        .map(([title, figures]) => ({
            file: `${slug(section.name)}-${slug(figures[0]?.metric ?? "")}.svg`,
            title,
            svg: renderPlot(figures),
        }));
}

/** Parts of a whole as stacked bars, growth with a number as lines, and everything else as bars with their samples. */
function renderPlot(figures: Figure[]): string {
    const unit = figures[0]?.unit ?? "";
    if (figures.every(({ conditions }) => conditions?.["part"] !== undefined)) return stackedBars(figures, unit);
    const key = growingCondition(figures);
    return key === undefined ? bars(figures, unit) : lines(figures, unit, key);
}

/** The first numeric condition with at least three values. */
function growingCondition(figures: Figure[]): string | undefined {
    const keys = Object.keys(figures[0]?.conditions ?? {});
    return keys.find((key) => {
        const values = figures.map(({ conditions }) => conditions?.[key]);
        return values.every((value) => typeof value === "number") && new Set(values).size >= 3;
    });
}

function bars(figures: Figure[], unit: string): string {
    const rows = figures.flatMap((figure) => figure.samples.map((sample) => ({ row: rowLabel(figure), sample })));
    const order = [...new Set(rows.map(({ row }) => row))];
    return draw({
        marginLeft: labelWidth(order),
        x: { label: unit, zero: true, grid: true },
        y: { label: null, domain: order },
        marks: [
            Plot.barX(rows, Plot.groupY({ x: "median" }, { x: "sample", y: "row", z: null, fill: "#9ecae9" })),
            Plot.dot(rows, { x: "sample", y: "row", r: 2.5, fill: "#1f4e79" }),
            Plot.ruleX([0]),
        ],
    });
}

function stackedBars(figures: Figure[], unit: string): string {
    const rows = figures.map((figure) => ({
        row: figure.subject,
        part: String(figure.conditions?.["part"]),
        median: summarize(figure.samples)?.median ?? 0,
    }));
    const order = [...new Set(rows.map(({ row }) => row))];
    const parts = [...new Set(rows.map(({ part }) => part))];
    // Plot's own legend would be HTML, so this one is a column of the same picture.
    const legend = parts.map((part, index) => ({ part, row: index }));
    const options = { domain: parts, scheme: "Tableau10" } as const;
    const chart = draw({
        marginLeft: labelWidth(order),
        height: 60 + 34 * order.length,
        x: { label: unit, grid: true },
        y: { label: null, domain: order },
        color: options,
        marks: [Plot.barX(rows, { x: "median", y: "row", fill: "part", order: parts }), Plot.ruleX([0])],
    });
    const names = draw({
        marginLeft: 20,
        height: 20 + 16 * parts.length,
        x: { axis: null, domain: [0, 1] },
        y: { axis: null, domain: legend.map(({ row }) => row), type: "band" },
        color: options,
        marks: [
            Plot.dot(legend, { x: () => 0, y: "row", fill: "part", r: 5, symbol: "square" }),
            Plot.text(legend, { x: () => 0, y: "row", text: "part", textAnchor: "start", dx: 10 }),
        ],
    });
    return stack([chart, names]);
}

function lines(figures: Figure[], unit: string, key: string): string {
    const points = figures.flatMap((figure) => {
        const found = summarize(figure.samples);
        if (found === undefined) return [];
        const { [key]: at, ...others } = figure.conditions ?? {};
        const series = rowLabel({ ...figure, conditions: others });
        return [{ at: Number(at), series, ...found }];
    });
    const positive = points.every(({ at }) => at > 0);
    const ends = [...groupBy(points, ({ series }) => series).values()].flatMap((group) => {
        const last = group.toSorted((left, right) => left.at - right.at).at(-1);
        return last === undefined ? [] : [last];
    });
    return draw({
        height: 320,
        marginLeft: 70,
        marginRight: labelWidth(ends.map(({ series }) => series)),
        x: {
            label: key,
            type: positive ? "log" : "linear",
            tickFormat: String,
            ticks: [...new Set(points.map(({ at }) => at))],
        },
        y: { label: unit, zero: true, grid: true },
        color: { scheme: "Tableau10" },
        marks: [
            Plot.ruleX(points, { x: "at", y1: "min", y2: "max", stroke: "series" }),
            Plot.lineY(points, { x: "at", y: "median", z: "series", stroke: "series", sort: "at" }),
            Plot.dot(points, { x: "at", y: "median", fill: "series", r: 3 }),
            Plot.text(ends, { x: "at", y: "median", text: "series", fill: "series", textAnchor: "start", dx: 8 }),
            Plot.ruleY([0]),
        ],
    });
}

/** The needed parts of a picture, because the project has no browser types. */
interface Picture {
    setAttribute: (name: string, value: string) => void;
    outerHTML: string;
}

function draw(options: Plot.PlotOptions): string {
    const { document } = parseHTML("<html></html>") as unknown as { document: object };
    const svg = Plot.plot({ document, width: WIDTH, ...options }) as unknown as Picture;
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    // The page may be dark, but the text is dark as well.
    svg.setAttribute("style", "background: white");
    return `${svg.outerHTML}\n`;
}

/** Several pictures of the same width, one below the other. */
function stack(pictures: string[]): string {
    let height = 0;
    const parts = pictures.map((picture) => {
        const own = Number(/ height="([\d.]+)"/.exec(picture)?.[1] ?? 0);
        const placed = picture.trim().replace("<svg ", `<svg y="${String(height)}" `);
        height += own;
        return placed;
    });
    const size = `width="${String(WIDTH)}" height="${String(height)}" viewBox="0 0 ${String(WIDTH)} ${String(height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} style="background: white">${parts.join("")}</svg>\n`;
}

function rowLabel(figure: Pick<Figure, "subject" | "conditions">): string {
    const conditions = describeConditions(figure);
    return conditions === "" ? figure.subject : `${figure.subject}, ${conditions}`;
}

function labelWidth(labels: string[]): number {
    return Math.min(WIDTH / 2, 24 + LETTER_WIDTH * Math.max(0, ...labels.map((label) => label.length)));
}

function slug(text: string): string {
    return text
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-")
        .replaceAll(/^-|-$/g, "");
}
