import { setTimeout as sleep } from "node:timers/promises";
import type { Diagnosis } from "../diagnose";
import type { FailOn } from "../report/verdict";
import { whyFailed } from "../whyFailed";
import { compare, failedSight, sightOf, type Change, type Sight } from "./sight";

/** Rounds after which a finding that a single probe cannot show is looked for again. */
const AGAIN = 10;

/** How to keep watch. */
export interface WatchOptions {
    /**
     * Examines the mesh once: with all requests of an examination, or with a single probe, which shows every fault but
     * those that only many requests show.
     */
    examine: (whole: boolean) => Promise<Diagnosis>;
    intervalSeconds: number;
    failOn: FailOn;
    /** Ends the watch, also within a round. */
    signal: AbortSignal;
    /** Called after each round. */
    onRound?: (rounds: number) => void;
}

/**
 * Examines a mesh once, then sends a probe in each interval. Yields what the first examination shows, then each change.
 * If a probe shows something else than before, a whole examination must confirm it, so that a single lost request
 * changes nothing.
 *
 * @throws the error of the first examination. Later errors are changes: the mesh is not proven.
 */
export async function* watch(options: WatchOptions): AsyncGenerator<Change, void, undefined> {
    const { intervalSeconds, signal, onRound = () => undefined } = options;
    const stopped = aborted(signal);
    const watcher = new Watcher(options);
    for (let rounds = 1; !signal.aborted; rounds++) {
        const begun = performance.now();
        const round = watcher.round();
        // A round that nobody waits for any more may still fail.
        round.catch(() => undefined);
        const change = await Promise.race([round, stopped]);
        if (isAborted(signal)) return;
        if (change !== undefined) yield change;
        onRound(rounds);
        const restMs = intervalSeconds * 1000 - (performance.now() - begun);
        await sleep(Math.max(1000, restMs), undefined, { signal }).catch(() => undefined);
    }
}

/** The rounds of a watch, one after the other. */
export class Watcher {
    private readonly examine: WatchOptions["examine"];
    private readonly failOn: FailOn;
    private known: Sight | undefined;
    /** What a probe last showed less than the whole examination after it. */
    private narrower: Sight | undefined;
    private rounds = 0;

    constructor({ examine, failOn }: Pick<WatchOptions, "examine" | "failOn">) {
        this.examine = examine;
        this.failOn = failOn;
    }

    /** The change that this round shows; undefined for none. */
    async round(): Promise<Change | undefined> {
        if (this.known === undefined) return this.become(sightOf(await this.examine(true), this.failOn));
        const seen = await this.look(false);
        const change = compare(this.known, seen);
        if (change === undefined) {
            this.narrower = undefined;
            return undefined;
        }
        const fewer = change.appeared.length === 0 && seen.state !== "unproven";
        const asBefore = this.narrower !== undefined && compare(this.narrower, seen) === undefined;
        if (fewer && asBefore && ++this.rounds < AGAIN) return undefined;
        this.rounds = 0;
        this.narrower = fewer ? seen : undefined;
        return this.become(await this.look(true));
    }

    private become(now: Sight): Change | undefined {
        const change = compare(this.known, now);
        this.known = now;
        return change;
    }

    private async look(whole: boolean): Promise<Sight> {
        try {
            return sightOf(await this.examine(whole), this.failOn);
        } catch (error) {
            const reason = whyFailed(error);
            if (reason === undefined) throw error;
            return failedSight(reason);
        }
    }
}

function aborted(signal: AbortSignal): Promise<undefined> {
    return new Promise((resolve) => {
        if (signal.aborted) resolve(undefined);
        signal.addEventListener("abort", () => {
            resolve(undefined);
        });
    });
}

/** The signal can change during an await, which the compiler does not know. */
function isAborted(signal: AbortSignal): boolean {
    return signal.aborted;
}
