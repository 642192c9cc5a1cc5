import { readFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS, type Metric } from "../../doctor/inCluster/metrics";
import { code, pretty, table } from "../../shared/markdown/markdown";

const OBSERVE = join(__dirname, "..", "..", "docs", "observe.md");
const BEGIN = "<!-- metrics of the doctor: written by `npm run docs` -->";
const END = "<!-- end of metrics -->";

/** docs/observe.md with the current metrics of the doctor in the cluster. */
export async function renderObserve(): Promise<string> {
    const [before, rest] = readFileSync(OBSERVE, "utf8").split(BEGIN);
    const after = rest?.split(END)[1];
    if (before === undefined || after === undefined)
        throw new Error(
            `expected ${BEGIN} and ${END} in docs/observe.md, got at most one of them. Restore both lines.`,
        );
    const metrics = await pretty(renderMetrics());
    return `${before}${BEGIN}\n\n${metrics.trim()}\n\n${END}${after}`;
}

function renderMetrics(): string {
    const rows = Object.values<Metric>(METRICS).map(({ name, type, help, labels }) => [
        ...[code(name), type, labels.map(code).join(", "), help],
    ]);
    return table(["metric", "type", "labels", "meaning"], rows);
}
