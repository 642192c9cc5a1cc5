import type { BenchContext } from "./section";

/** A subject that is measured in turns with others. */
export interface Turn {
    subject: string;
    /** One measurement, which records its own figures. */
    measure: () => Promise<void>;
}

/** The number of complete rounds. */
export interface Turns {
    rounds: number;
    /** Why there were no more; undefined if all requested rounds ran. */
    stopped?: "interrupted" | "out of time";
}

/**
 * Measures each subject once per round, so that changes on the machine affect all of them.
 *
 * A round that would probably end after the deadline is not started, except for the first one.
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
