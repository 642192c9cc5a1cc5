import { addNote, addSample } from "../mesh/numbers";
import { OURS, type SectionResult } from "../section";
import type { Usage } from "./tree";

/**
 * Records time, CPU and memory of a command. For one that was cut short, adds a note instead, because the figures would
 * be too small.
 */
export function recordUsage(
    result: SectionResult,
    metric: string,
    conditions: Record<string, string | number>,
    usage: Usage,
    subject = OURS,
): void {
    if (!usage.finished) {
        const under = Object.entries(conditions).map(([name, value]) => `${name} ${String(value)}`);
        addNote(
            result,
            `${metric}, ${under.join(", ")}: not finished in ${usage.seconds.toFixed(0)} s, when it was ended.`,
        );
        return;
    }
    const figure = { subject, conditions };
    addSample(result, { ...figure, metric, unit: "s" }, usage.seconds);
    addSample(result, { ...figure, metric: `${metric}, CPU`, unit: "CPU s" }, usage.cpuSeconds);
    addSample(result, { ...figure, metric: `${metric}, memory`, unit: "MiB" }, usage.peakMiB);
}

/** The resources of a command, in one line of progress. */
export function describeUsage({ finished, seconds, cpuSeconds, peakMiB, code }: Usage): string {
    const end = finished ? `exit code ${String(code)}` : "ended at its limit";
    return `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} CPU s, ${peakMiB.toFixed(0)} MiB, ${end}`;
}

/** @throws Error if a command failed, with the end of its output. */
export function assertExit(usage: Usage, ...codes: number[]): void {
    if (!usage.finished || codes.includes(usage.code ?? -1)) return;
    const said = `${usage.stdout}\n${usage.stderr}`.trim().slice(-600);
    throw new Error(`expected the exit code ${codes.join(" or ")}, got ${String(usage.code)}: ${said}`);
}
