import type { Report } from "../images/report";

/** One step towards a running cluster, and its undo. */
export interface ClusterStep {
    name: string;
    /** Names of the steps that must end before this one starts. */
    after: string[];
    run: () => Promise<void> | void;
    /**
     * Undoes `run`, even if it was killed or ran in another process: it examines the machine, not memory. Returns what
     * it removed.
     */
    undo?: () => Promise<string[]>;
}

export interface Timing {
    name: string;
    milliseconds: number;
}

/**
 * Runs steps, each as soon as its predecessors have ended, and reports the duration of each.
 *
 * The first failure aborts the others (through the controller) and is thrown after all of them have ended.
 */
export async function runPlan(steps: ClusterStep[], abort: AbortController, report: Report): Promise<Timing[]> {
    const timings: Timing[] = [];
    const running = new Map<string, Promise<void>>();
    let failure: { error: unknown } | undefined;
    for (const step of steps) {
        const before = step.after.map((name) => {
            const earlier = running.get(name);
            if (earlier === undefined)
                throw new Error(`step "${step.name}" comes after "${name}", which is not before it`);
            return earlier;
        });
        const run = async (): Promise<void> => {
            await Promise.all(before);
            if (failure !== undefined) return;
            const started = performance.now();
            try {
                await step.run();
            } catch (error) {
                failure ??= { error };
                abort.abort();
                return;
            }
            const milliseconds = performance.now() - started;
            timings.push({ name: step.name, milliseconds });
            report(`${step.name}: ${(milliseconds / 1000).toFixed(1)} s`);
        };
        running.set(step.name, run());
    }
    await Promise.all(running.values());
    if (failure !== undefined) throw failure.error;
    return timings;
}

/** Undoes steps, the last one first. Returns everything that was removed. */
export async function undoPlan(steps: Pick<ClusterStep, "undo">[]): Promise<string[]> {
    const removed: string[] = [];
    for (const step of steps.toReversed()) removed.push(...((await step.undo?.()) ?? []));
    return removed;
}
