import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadStackConfig, runEngine, type EngineResult, type StackConfig } from "../../lab/engine";
import { mapValue } from "../../lab/engine/values";
import { isPlainObject } from "../../shared/values/plainObjects";
import { chartsIn, engineState, settingsIn, stackFileName, type Checkpoint } from "./checkpoint";

const PROJECT_DIR = join(__dirname, "../..");
const PROJECT_FILE = join(PROJECT_DIR, "Pulumi.yaml");

/** What `pulumi preview` of this program plans for an earlier installation, by the lab's engine and without a cluster. */
export async function previewUpgrade(checkpoint: Checkpoint): Promise<EngineResult> {
    const folder = mkdtempSync(join(tmpdir(), "upgrade-"));
    try {
        const charts = join(folder, "charts");
        for (const chart of chartsIn(checkpoint)) {
            mkdirSync(join(charts, chart.name), { recursive: true });
            writeFileSync(join(charts, chart.name, "Chart.yaml"), stringify({ apiVersion: "v2", ...chart }));
        }
        const stateFile = join(folder, "state.json");
        writeFileSync(stateFile, JSON.stringify(engineState(checkpoint, charts)));
        const { config, secretKeys } = configOf(checkpoint, charts, folder);
        return await runEngine({
            ...{ operation: "preview", projectDir: PROJECT_DIR, stack: checkpoint.stack, stateFile },
            ...{ config, secretKeys, helm: "no-helm", report: () => undefined },
        });
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** The settings of the checkpoint over this version's defaults, as the CLI merges them. */
function configOf(checkpoint: Checkpoint, charts: string, folder: string): StackConfig {
    const settings = Object.entries(settingsIn(checkpoint, charts));
    const isSecret = ([, value]: [string, unknown]): boolean => JSON.stringify(value).includes('"secure":');
    const plain = Object.fromEntries(settings.filter((setting) => !isSecret(setting)));
    // The engine does not open encrypted values: it takes them at run time.
    const given = settings.filter(isSecret).map(([key, value]) => [key, asText(opened(value))]);
    cpSync(PROJECT_FILE, join(folder, "Pulumi.yaml"));
    writeFileSync(join(folder, stackFileName(checkpoint.stack)), stringify({ config: plain }));
    return loadStackConfig(folder, checkpoint.stack, undefined, Object.fromEntries(given) as Record<string, string>);
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A value with the made-up texts that the recording has in place of encrypted ones. */
function opened(value: unknown): unknown {
    return mapValue(value, (part) => (isPlainObject(part) ? part["secure"] : undefined));
}
