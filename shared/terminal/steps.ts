import { Listr, PRESET_TIMER } from "listr2";

/** Shows one line about the current step. */
export type Report = (line: string) => void;

/** One step of a longer job. */
export interface Step {
    /** What the step does, in the user's words. */
    name: string;
    run: (report: Report) => Promise<void>;
}

/** The duration of a finished step. */
export interface StepTiming {
    name: string;
    milliseconds: number;
}

/**
 * Runs steps and shows each with its duration: live on a terminal, as plain lines elsewhere.
 *
 * @param how `one-by-one`: the first failing step ends the run with its error. `together`: all steps run in parallel
 * until they end, then the first error is thrown.
 */
export async function runSteps(steps: Step[], how: "one-by-one" | "together" = "one-by-one"): Promise<StepTiming[]> {
    const timings: StepTiming[] = [];
    const errors: unknown[] = [];
    const list = new Listr(
        steps.map((step) => ({
            title: step.name,
            rendererOptions: { outputBar: 1 },
            task: async (_: unknown, task: { output: string }): Promise<void> => {
                const started = performance.now();
                try {
                    await step.run((line) => {
                        task.output = line;
                    });
                } catch (error) {
                    errors.push(error);
                    // The error itself is shown once, in full, at the end.
                    throw new Error("failed");
                }
                timings.push({ name: step.name, milliseconds: performance.now() - started });
            },
        })),
        {
            concurrent: how === "together",
            exitOnError: how === "one-by-one",
            fallbackRenderer: "simple",
            // Some terminals report a width of 0, in which the live view would put one character on each line.
            fallbackRendererCondition: () => !process.stdout.isTTY || process.stdout.columns < 40,
            rendererOptions: { timer: PRESET_TIMER, showErrorMessage: false, collapseErrors: false },
            fallbackRendererOptions: { timer: PRESET_TIMER },
        },
    );
    try {
        await list.run({});
    } catch (error) {
        errors.push(error);
    }
    if (errors.length > 0) throw errors[0];
    return timings;
}
