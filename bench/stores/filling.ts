import { pause, until } from "../mesh/kubernetes";
import { sendTraces } from "../tier/load";
import type { Member, RunningStore } from "./running";

/** Spans of a trace, each of another service. */
export const SPANS_PER_TRACE = 12;
/** Of a hundred traces, one has an error. */
const ERROR_SHARE = 0.01;
/** Spans of an export, and exports that wait for their answer, as those of dozens of sidecars. */
const [SPANS_PER_EXPORT, OPEN_EXPORTS] = [25, 48];
const LIMIT_SECONDS = 1200;
/** Spans that have not come for so long do not come. */
const REST_SECONDS = 20;
/** Programs rest if they take less than this share of a core for some seconds, for which one waits at most so long. */
const REST = { share: 0.1, seconds: 2, limitSeconds: 60 };

/** What became of spans that were sent as fast as they were taken. */
export interface Filling {
    spans: number;
    refusedSpans: number;
    /** From the first span until the last one could be found. */
    seconds: number;
    /** CPU seconds of each part, until what it does afterwards has ended too. */
    cpuSeconds: Map<Member["part"], number>;
    /** IDs of the traces of which every span was acknowledged. */
    ids: string[];
}

/** Sends traces into a store, and waits until they are there and its programs rest. */
export async function fill(store: RunningStore, traces: number, signal: AbortSignal): Promise<Filling> {
    const errors = Math.round(traces * ERROR_SHARE);
    const before = cpuOf(store.members);
    const storedBefore = await store.storedSpans();
    const load = {
        address: store.collector,
        counts: { errors, other: traces - errors },
        spansPerTrace: SPANS_PER_TRACE,
    };
    const pace = { seconds: 0, mostInGroup: SPANS_PER_EXPORT, mostOpen: OPEN_EXPORTS, limitSeconds: LIMIT_SECONDS };
    const began = performance.now();
    const sent = await sendTraces(undefined, { ...load, ...pace }, signal);
    const wanted = storedBefore + sent.spans - sent.refusedSpans;
    const seconds = ((await storedAt(store, wanted, signal)) - began) / 1000;
    await rest(store.members, signal);
    const used = [...cpuOf(store.members)].map(([part, after]) => [part, after - (before.get(part) ?? 0)] as const);
    return {
        ...{ spans: sent.spans, refusedSpans: sent.refusedSpans, seconds, cpuSeconds: new Map(used) },
        ids: Object.values(sent.traces).flat(),
    };
}

/** The moment at which so many spans were stored, or the last one of fewer. */
async function storedAt(store: RunningStore, wanted: number, signal: AbortSignal): Promise<number> {
    let last = -1;
    let since = performance.now();
    return until(LIMIT_SECONDS, signal, async () => {
        const now = await store.storedSpans();
        if (now !== last) [last, since] = [now, performance.now()];
        const isLate = performance.now() - since > REST_SECONDS * 1000;
        return now >= wanted || isLate ? since : `${String(now)} of ${String(wanted)} spans are stored`;
    });
}

/** CPU seconds of each part since its programs' start. */
function cpuOf(members: readonly Member[]): Map<Member["part"], number> {
    const sums = new Map<Member["part"], number>();
    for (const { part, program } of members) sums.set(part, (sums.get(part) ?? 0) + program.cpuSeconds());
    return sums;
}

/** Waits until programs have ended what they do in the background, such as merging files. */
async function rest(members: readonly Member[], signal: AbortSignal): Promise<void> {
    const all = (): number => [...cpuOf(members).values()].reduce((sum, one) => sum + one, 0);
    const end = performance.now() + REST.limitSeconds * 1000;
    for (let calm = 0; calm < REST.seconds && performance.now() < end;) {
        signal.throwIfAborted();
        const before = all();
        await pause(1);
        calm = all() - before < REST.share ? calm + 1 : 0;
    }
}
