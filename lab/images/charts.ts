import * as fs from "node:fs";
import * as path from "node:path";
import { ISTIO_HUB, ISTIO_VERSION } from "./names";
import { run } from "./run";

/** Istio's charts that the lab provides, with their published names. */
export const CHARTS = ["base", "istiod", "gateway", "cni"] as const;

/** Writes Istio's charts to a folder and sets their versions as Istio's release process does. */
export async function writeCharts(writer: string, folder: string, log: string): Promise<void> {
    await run({
        what: "write Istio's charts",
        program: writer,
        args: [folder],
        log,
        nextStep: "see the log, then run the same command again.",
    });
    for (const chart of CHARTS) {
        edit(path.join(folder, chart, "Chart.yaml"), (text) => stampChart(text, ISTIO_VERSION));
        edit(path.join(folder, chart, "values.yaml"), (text) => stampValues(text, ISTIO_HUB, ISTIO_VERSION));
    }
}

/** Sets a development chart's version and appVersion. */
export function stampChart(text: string, version: string): string {
    const stamped = text.replace(/^(version|appVersion): 1\.0\.0$/gm, `$1: ${version}`);
    if (!stamped.includes(`\nversion: ${version}\n`) || !stamped.includes(`\nappVersion: ${version}\n`)) {
        throw new Error(
            "expected `version: 1.0.0` and `appVersion: 1.0.0` in Chart.yaml, got others. Istio may have changed its charts.",
        );
    }
    return stamped;
}

/** Sets the hub and the tag, which are those of nightly builds in a development chart. */
export function stampValues(text: string, hub: string, tag: string): string {
    return text
        .replace(/^(\s+hub): registry\.istio\.io\/testing$/gm, `$1: ${hub}`)
        .replace(/^(\s+tag): latest$/gm, `$1: ${tag}`);
}

function edit(file: string, change: (text: string) => string): void {
    fs.writeFileSync(file, change(fs.readFileSync(file, "utf8")));
}
