import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { code, plain, pretty, table } from "../shared/markdown/markdown";
import { groupBy } from "../shared/values/groupBy";
import { renderPlots, type NamedPlot } from "./plots";
import type { BenchRecord, SectionRecord } from "./record";
import { COLUMNS, describeLimit, figureRows, HEAD, isMet } from "./rows";
import { formatNumber } from "./statistics";
import { describeCircumstances } from "./table";

/** Folder of the plots and the JSON, next to the page. */
const FOLDER = "benchmarks";

/** Paths of a run's results below a folder. */
export function resultFiles(folder: string): { page: string; json: string } {
    return { page: join(folder, `${FOLDER}.md`), json: join(folder, FOLDER, `${FOLDER}.json`) };
}

/** Writes the results of a run as JSON, plots, and a page that shows them. */
export async function writeResults(folder: string, record: BenchRecord): Promise<void> {
    const { page, json } = resultFiles(folder);
    const below = join(folder, FOLDER);
    mkdirSync(below, { recursive: true });
    for (const file of readdirSync(below)) if (file.endsWith(".svg")) rmSync(join(below, file));
    const plots = new Map(record.sections.map((section) => [section.name, renderPlots(section)]));
    for (const { file, svg } of [...plots.values()].flat()) writeFileSync(join(below, file), svg);
    writeFileSync(json, `${JSON.stringify(record, undefined, 4)}\n`);
    writeFileSync(page, await renderPage(record, plots));
}

/** The page in Markdown. */
export function renderPage(record: BenchRecord, plots: Map<string, NamedPlot[]>): Promise<string> {
    const sections = record.sections.map((section) => renderSection(section, plots.get(section.name) ?? []));
    return pretty([renderHead(record), ...sections].join("\n\n"));
}

function renderHead({ command, interrupted, sections }: BenchRecord): string {
    const circumstances = groupBy(sections, (section) => {
        const { machine, versions } = describeCircumstances(section);
        return `${machine}\n\n${versions}`;
    });
    const machines = [...circumstances].map(([text, of]) => {
        const names = of.map(({ name }) => code(name)).join(", ");
        return circumstances.size === 1 ? plain(text) : `${names}: ${plain(text)}`;
    });
    return `# Benchmarks

One command measures this program and its peers in turns on the same machine. It needs the lab, which
needs Linux and root:

\`\`\`sh
${command}
\`\`\`

${interrupted ? "**This run was interrupted: the page shows what was measured until then.**\n\n" : ""}Each figure is the median of its samples. "min to max" is their range, and "n" is their number. Seconds and bytes
depend on the machine. Ratios between figures of the same run depend on it much less: ${code("npm run bench -- --check")}
compares the ratios of a new run with those on this page.

## Machine and versions

${machines.join("\n\n")}

## Contents

${sections.map(({ title }) => `- [${title}](#${anchor(title)})`).join("\n") || "No section has been measured yet."}`;
}

function renderSection(section: SectionRecord, plots: NamedPlot[]): string {
    const { name, title, figures, goals, notes } = section;
    const { when, ending } = describeCircumstances(section);
    const goalRows = goals.map((goal) => [
        plain(goal.text),
        plain(describeLimit(goal)),
        plain(`${formatNumber(goal.value)} ${goal.unit}`),
        isMet(goal) ? "met" : "**missed**",
        plain(goal.note ?? ""),
    ]);
    return [
        `## ${title}`,
        `${plain(when)}. To run only this section: ${code(`npm run bench -- --only ${name}`)}`,
        ...(ending === undefined ? [] : [`**${plain(ending)}**`]),
        ...notes.map(plain),
        ...(goals.length > 0 ? [table(["goal", "limit", "measured", "", ""], goalRows)] : []),
        table(
            COLUMNS.map((column) => HEAD[column]),
            figureRows(figures).map((row) => COLUMNS.map((column) => plain(row[column]))),
        ),
        ...plots.map((plot) => `![${plain(plot.title)}](${FOLDER}/${plot.file})`),
    ].join("\n\n");
}

/** The anchor that GitHub derives from a heading. */
function anchor(title: string): string {
    return title
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-");
}
