/** The interrupted operation. */
export type Interrupted = "up" | "update" | "destroy";

/** The killed process of a run. */
export type Victim = "cli" | "provider" | "program" | "language host" | "all";

/** One planned interruption. */
export interface Blow {
    operation: Interrupted;
    victim: Victim;
    /** Whether it follows the start or the end of a step. */
    at: "begin" | "end";
    /** Number of that step, from 0. */
    step: number;
    /** Delay after that, in milliseconds. */
    delayMs: number;
    /** The user's next operation after the repair. */
    next: "up" | "destroy";
}

/** A destroy does not run the program. */
const VICTIMS: Record<Interrupted, Victim[]> = {
    up: ["cli", "provider", "program", "language host", "all"],
    update: ["cli", "provider", "program", "language host", "all"],
    destroy: ["cli", "provider", "all"],
};
const OPERATIONS: Interrupted[] = ["destroy", "up", "update"];
const DELAYS = [0, 0, 20, 100, 500, 2000];
/** Approximate number of steps of each operation on the stack ci, slightly less than all. */
const STEPS: Record<Interrupted, number> = { up: 11, update: 3, destroy: 10 };

/** Pseudo-random numbers from 0 to 1 from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** Interruptions from a seed: each operation and each of its victims in turn, the rest at random. */
export function planBlows(count: number, seed: number): Blow[] {
    const random = randomFrom(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const offset = Math.floor(random() * 15);
    return Array.from({ length: count }, (_, index) => {
        const operation = OPERATIONS[index % OPERATIONS.length] ?? "up";
        const victims = VICTIMS[operation];
        const round = Math.floor(index / OPERATIONS.length) + offset;
        return {
            operation,
            victim: victims[round % victims.length] ?? "cli",
            at: pick(["begin", "end"]),
            step: Math.floor(random() * STEPS[operation]),
            delayMs: pick(DELAYS),
            next: operation === "update" ? "up" : pick(["up", "destroy"]),
        };
    });
}

/** `kill -9 of the provider 20 ms after step 3 of up began, then destroy`. */
export function describeBlow({ operation, victim, at, step, delayMs, next }: Blow): string {
    const moment = at === "begin" ? "began" : "ended";
    return `kill -9 of ${victim} ${String(delayMs)} ms after step ${String(step)} of ${operation} ${moment}, then ${next}`;
}
