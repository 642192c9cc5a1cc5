import type { BenchContext } from "./section";

/** What is measured in turns with others. */
export interface Turn {
    subject: string;
    /** One measurement; it records its own figures. */
    measure: () => Promise<void>;
}

/** How many rounds were complete. */
export interface Turns {
    rounds: number;
    /** Why there were no more; undefined when there were as many as asked for. */
    stopped?: "interrupted" | "out of time";
}

/**
 * Measures each subject once a round, so that what changes on the machine meets all of them.
 *
 * A round that would probably end after the deadline is not begun; the first one always is.
 */
export async function takeTurns(
    context: Pick<BenchContext, "repeats" | "signal" | "deadline" | "say">,
    turns: Turn[],
    now: () => number = () => performance.now(),
): Promise<Turns> {
    let longest = 0;
    for (let round = 0; round < context.repeats; round++) {
        if (round > 0 && now() + longest > context.deadline) return { rounds: round, stopped: "out of time" };
        const began = now();
        for (const { subject, measure } of turns) {
            if (context.signal.aborted) return { rounds: round, stopped: "interrupted" };
            context.say(`round ${String(round + 1)} of ${String(context.repeats)}: ${subject}`);
            await measure();
        }
        longest = Math.max(longest, now() - began);
    }
    return { rounds: context.repeats };
}
