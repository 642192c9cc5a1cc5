import type { Report } from "../images/report";

/** One step towards a running cluster, and the way back. */
export interface ClusterStep {
    name: string;
    /** Names of the steps that must have ended before; it starts as soon as they have. */
    after: string[];
    run: () => Promise<void> | void;
    /**
     * Takes back what `run` may have done, also when that was killed half way or by another process:
     * looks at the machine, not at memory. Answers what it removed.
     */
    undo?: () => Promise<string[]>;
}

export interface Timing {
    name: string;
    milliseconds: number;
}

/**
 * Runs steps, each as soon as those before it have ended, and says the duration of each.
 *
 * The first failure aborts the others (by the controller) and is thrown when all of them have ended.
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

/** Takes steps back, the last first; answers all that was removed. */
export async function undoPlan(steps: Pick<ClusterStep, "undo">[]): Promise<string[]> {
    const removed: string[] = [];
    for (const step of steps.toReversed()) removed.push(...((await step.undo?.()) ?? []));
    return removed;
}
