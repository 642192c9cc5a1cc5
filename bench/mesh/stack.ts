import type { Cluster } from "../../lab/cluster";
import { labSettings, runProgram } from "../../lab/program";

/** The stack that the benchmark runs. */
export const STACK = "ci";

/** The demo makes no requests of its own, so that every span is the benchmark's. */
export const QUIET = { frontendIntervalSeconds: "3600" };

/** Runs `up` of the stack with further settings, to its end also when the benchmark is interrupted. */
export async function up(lab: Cluster, overrides: Record<string, string> = {}): Promise<void> {
    const operation = "up" as const;
    const run = { operation, stack: STACK, cluster: lab, overrides, report: () => undefined };
    const { failed } = await runProgram(run);
    if (failed !== undefined) throw new Error(`up of the stack ${STACK} failed: ${failed}`);
}

/** A setting that holds an object, as it is in the lab, with further parts. */
export function extended(lab: Cluster, setting: string, extra: Record<string, unknown>): string {
    const value = JSON.parse(labSettings(STACK, lab)[setting] ?? "{}") as Record<string, unknown>;
    return JSON.stringify(merge(value, extra));
}

/** Objects are merged, anything else is replaced. */
function merge(below: unknown, over: unknown): unknown {
    if (!isObject(below) || !isObject(over)) return over;
    const keys = [...new Set([...Object.keys(below), ...Object.keys(over)])];
    return Object.fromEntries(keys.map((key) => [key, key in over ? merge(below[key], over[key]) : below[key]]));
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
