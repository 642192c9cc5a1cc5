import { RECEIVER_PORTS } from "../../shared/names/ports";
import { binomialBounds } from "../../doctor/analyzers/sampling/binomial";
import type { Cluster } from "../../lab/cluster";
import { untilLive } from "../mesh/live";
import { measureLoad } from "../mesh/measure";
import { addNote, addSample, setGoal } from "../mesh/numbers";
import { jaegerOf, makePairs, removePairs, TUNED, type Pair } from "../mesh/pairs";
import { QUIET, up } from "../mesh/stack";
import { OURS, type BenchContext, type Section, type SectionResult } from "../section";
import { takeTurns } from "../turns";

/** Rates in percent, with as many requests as give an interval that says something. */
export const RATES = [
    { percent: 0.01, requests: 100_000 },
    { percent: 0.1, requests: 50_000 },
    { percent: 1, requests: 20_000 },
    { percent: 10, requests: 10_000 },
    { percent: 50, requests: 10_000 },
    { percent: 100, requests: 10_000 },
];
/** What is left when the interval has 99.9 percent. */
const ALPHA = 0.001;
/** Time for the removal of created objects and the restoration of the stack. */
const RESTORE_MS = 30_000;

/** Requests of all rounds and the traces that they left. */
export interface Recorded {
    percent: number;
    requests: number;
    traces: number;
}

/** Whether the traces are as many as chance explains, and between which counts that is. */
export function judgeRate({ percent, requests, traces }: Recorded): { least: number; greatest: number; fits: boolean } {
    const { least, greatest } = binomialBounds(requests, percent / 100, ALPHA);
    return { least, greatest, fits: traces >= least && traces <= greatest };
}

/** Section 4: whether the share that is recorded is the one that was set. */
export const sampling: Section = {
    name: "sampling",
    title: "How exactly the sampling rate is kept",
    usualMinutes: 5,
    run: async (context, result) => {
        const lab = await context.lab();
        const recorded = new Map<number, Recorded>();
        try {
            await up(lab, QUIET);
            const [pair] = await makePairs(lab, [TUNED], context.signal);
            if (pair === undefined) throw new Error("one pair was asked for");
            addNotes(result);
            const measure = async (): Promise<void> => {
                for (const rate of RATES) {
                    context.signal.throwIfAborted();
                    addRound(result, recorded, await measureRate(lab, pair, rate, context));
                }
            };
            const turns = [{ subject: "every rate", measure }];
            await takeTurns({ ...context, deadline: context.deadline - RESTORE_MS }, turns);
        } finally {
            await removePairs(lab);
            await up(lab);
        }
    },
};

async function measureRate(
    lab: Cluster,
    pair: Pair,
    { percent, requests }: (typeof RATES)[number],
    { signal, say }: BenchContext,
): Promise<Recorded> {
    await up(lab, { ...QUIET, samplingPercent: String(percent) });
    await untilLive(lab, pair, { percent, port: RECEIVER_PORTS["otlp-grpc"] }, signal);
    const { pid } = await jaegerOf(lab, signal);
    const load = { connections: 8, seconds: 120, requests };
    const { load: done, accepted } = await measureLoad(lab, pair, pid, load, signal);
    if (done.failed > 0) throw new Error(`${String(done.failed)} of ${String(done.sent)} requests failed`);
    // Each trace has a span of either sidecar.
    const found = { percent, requests: done.answered, traces: accepted / 2 };
    say(`${String(percent)} %: ${String(found.traces)} of ${String(found.requests)} requests recorded`);
    return found;
}

function addRound(result: SectionResult, all: Map<number, Recorded>, found: Recorded): void {
    const { percent, requests, traces } = found;
    const figure = {
        metric: "share of requests that is recorded",
        subject: OURS,
        unit: "%",
        better: "neither" as const,
    };
    addSample(result, { ...figure, conditions: { samplingPercent: percent } }, (traces * 100) / requests);
    const before = countsNote(all);
    const former = all.get(percent);
    all.set(percent, {
        percent,
        requests: requests + (former?.requests ?? 0),
        traces: traces + (former?.traces ?? 0),
    });
    const outside = [...all.values()].filter((rate) => !judgeRate(rate).fits);
    setGoal(result, {
        text: "the recorded share lies within the 99.9 % binomial interval at every rate",
        value: outside.length,
        limit: { atMost: 0 },
        unit: "rates outside",
        ...(outside.length > 0 && { note: outside.map(describe).join("; ") }),
    });
    result.notes = result.notes.filter((note) => note !== before);
    addNote(result, countsNote(all));
}

function countsNote(rates: Map<number, Recorded>): string {
    return `Counts: ${[...rates.values()].map(describe).join("; ")}.`;
}

function describe(rate: Recorded): string {
    const { least, greatest } = judgeRate(rate);
    return (
        `${String(rate.percent)} %: ${String(rate.traces)} of ${String(rate.requests)}, ` +
        `expected ${String(least)} to ${String(greatest)}`
    );
}

function addNotes(result: SectionResult): void {
    result.notes.push(
        "The rate is the setting samplingPercent, changed live by `up` of the program. Requests carry no trace headers, " +
            "as those of clients that know nothing of tracing; the caller's sidecar decides.",
        "Jaeger's own counter of accepted spans is read before and after, so that a lost span counts against the rate. " +
            "The rounds are added up: with six rates at 99.9 percent, chance alone puts one outside in one of 170 runs.",
    );
}
