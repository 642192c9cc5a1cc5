import type { Cluster } from "../../lab/cluster";
import { labSettings, runProgram } from "../../lab/program";
import { getPath } from "../../shared/stacks/settingPaths";
import { deepMerge } from "../../shared/values/plainObjects";

/** The stack that the benchmark runs. */
export const STACK = "ci";

/** The demo makes no requests of its own, so that every span is the benchmark's. */
export const QUIET = { "demo.intervalSeconds": "3600" };

/** Runs `up` of the stack with further settings, to its end also when the benchmark is interrupted. */
export async function up(lab: Cluster, overrides: Record<string, string> = {}): Promise<void> {
    const operation = "up" as const;
    const run = { operation, stack: STACK, cluster: lab, overrides, report: () => undefined };
    const { failed } = await runProgram(run);
    if (failed !== undefined) throw new Error(`up of the stack ${STACK} failed: ${failed}`);
}

/** A setting that holds an object, as it is in the lab, with further parts. */
export function extended(lab: Cluster, setting: string, extra: Record<string, unknown>): string {
    const value = JSON.parse(getPath(labSettings(STACK, lab), setting) ?? "{}") as Record<string, unknown>;
    return JSON.stringify(deepMerge(value, extra));
}
