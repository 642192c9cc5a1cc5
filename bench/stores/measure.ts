import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { addSample, setGoal } from "../mesh/numbers";
import type { BenchContext, SectionResult } from "../section";
import { bytesOnDisk } from "./disk";
import { fill, SPANS_PER_TRACE, type Filling } from "./filling";
import { startStore, type RunningStore } from "./running";
import { byErrors, byRequestId, clientOf, lostSpans, requestIds, spread, timeEach, type Search } from "./searches";
import type { Store } from "./stores";

/** How much is measured. */
export interface Sizes {
    /** Sent before the figures, since the first spans bring tables and indices with them, and Java is slow at first. */
    warmUpTraces: number;
    /** Sent in equal parts, of which each gives figures. */
    traces: number;
    /** Traces that are searched by ID; a quarter of them also by tag. */
    searches: number;
}

type Context = Pick<BenchContext, "repeats" | "signal" | "say" | "scratch">;

/** A store that runs, and what its figures need. */
interface Trial {
    store: Store;
    running: RunningStore;
    sizes: Sizes;
    repeats: number;
    sinceMs: number;
    signal: AbortSignal;
    say: (line: string) => void;
    result: SectionResult;
}

/** Fills an empty store, searches in it, and counts what it lost. */
export async function measureStore(store: Store, sizes: Sizes, context: Context, result: SectionResult): Promise<void> {
    const { signal, repeats } = context;
    const say = (line: string): void => {
        context.say(`${store.name}: ${line}`);
    };
    const folder = join(context.scratch, store.name.replaceAll(/\W+/g, "-"));
    mkdirSync(folder);
    say("starting");
    const sinceMs = Date.now();
    const running = await startStore(store, { folder, signal, say });
    let spans: number;
    try {
        const trial: Trial = { ...{ store, running, sizes, repeats, sinceMs }, ...{ signal, say, result } };
        const filled = await addFillings(trial);
        addMemory(trial);
        if (store.isSearched !== false) await addSearches(trial, filled.ids);
        await addLosses(trial, filled);
        ({ spans } = filled);
    } finally {
        await running.stop();
    }
    for (const [part, data] of new Map(running.members.map((member) => [member.part, member.data]))) {
        const bytes = bytesOnDisk(folder, data);
        const figure = { metric: "disk of a span", subject: store.name, unit: "bytes", conditions: { part } };
        if (bytes > 0) addSample(result, figure, bytes / spans);
    }
}

/** What is in a store. */
interface Filled {
    /** Acknowledged spans. */
    spans: number;
    refused: number;
    /** IDs of the traces of which every span was acknowledged. */
    ids: string[];
}

async function addFillings({ store, running, sizes, repeats, signal, say, result }: Trial): Promise<Filled> {
    const fillings = [await fill(running, sizes.warmUpTraces, signal)];
    for (let part = 1; part <= repeats; part++) {
        const filling = await fill(running, Math.floor(sizes.traces / repeats), signal);
        addFilling(filling, store.name, result);
        const rate = `${(filling.spans / filling.seconds).toFixed(0)} spans/s`;
        say(`part ${String(part)} of ${String(repeats)}, ${String(filling.spans)} spans: ${rate}`);
        fillings.push(filling);
    }
    return {
        spans: sum(fillings.map((one) => one.spans - one.refusedSpans)),
        refused: sum(fillings.map(({ refusedSpans }) => refusedSpans)),
        ids: fillings.flatMap(({ ids }) => ids),
    };
}

function addFilling(
    { spans, refusedSpans, seconds, cpuSeconds }: Filling,
    subject: string,
    result: SectionResult,
): void {
    const stored = spans - refusedSpans;
    const rate = { metric: "spans into the store", subject, unit: "spans/s", better: "higher" as const };
    addSample(result, rate, stored / seconds);
    const cpu = { subject, unit: "CPU s" };
    const ofMillion = (used: number): number => (used * 1e6) / stored;
    for (const [part, used] of cpuSeconds) {
        addSample(result, { ...cpu, metric: "CPU of a million spans", conditions: { part } }, ofMillion(used));
    }
    addSample(
        result,
        { ...cpu, metric: "CPU of a million spans, all programs" },
        ofMillion(sum([...cpuSeconds.values()])),
    );
}

function addMemory({ store, running: { members }, result }: Trial): void {
    for (const part of new Set(members.map((member) => member.part))) {
        const used = members.filter((member) => member.part === part).map(({ program }) => program.memoryMiB());
        const figure = { metric: "memory when full", subject: store.name, unit: "MiB", better: "neither" as const };
        addSample(result, { ...figure, conditions: { part } }, sum(used));
    }
}

async function addSearches(trial: Trial, ids: readonly string[]): Promise<void> {
    const { store, running, sizes, sinceMs, signal, say, result } = trial;
    const jaeger = clientOf(running.queryUrl);
    const add = (metric: string, time: string, searches: Search<unknown>[]): void => {
        const figure = { metric, subject: store.name, unit: "ms", conditions: { time } };
        for (const { milliseconds } of searches) addSample(result, figure, milliseconds);
    };
    const asked = spread(ids, sizes.searches);
    for (const time of ["first", "second"]) {
        const byId = await timeEach(asked, signal, (id) => jaeger.trace(id));
        add("search by ID", time, byId);
        const rare = spread(requestIds(byId.map(({ found }) => found)), sizes.searches / 4);
        const byTag = await timeEach(rare, signal, byRequestId(jaeger, sinceMs));
        if (byTag.some(({ found }) => found.length !== 1))
            throw new Error(`expected one trace for each request ID in ${store.name}, got others`);
        add("search by a tag of one trace", time, byTag);
        const often = await timeEach(rare, signal, byErrors(jaeger, SPANS_PER_TRACE, sinceMs));
        if (often.some(({ found }) => found.length === 0))
            throw new Error(`${store.name} finds no trace with an error`);
        add("search for 20 traces by a tag of 1 %", time, often);
    }
    say("searches are done");
}

async function addLosses({ store, running, signal, say, result }: Trial, filled: Filled): Promise<void> {
    const { spans, refused, ids } = filled;
    const lost = await lostSpans(clientOf(running.queryUrl), ids, SPANS_PER_TRACE, signal);
    setGoal(result, {
        text: `no acknowledged span is lost, ${store.name}`,
        ...{
            value: lost,
            limit: { atMost: 0 },
            unit: "spans",
            note: `Of ${String(spans)}; ${String(refused)} were not acknowledged.`,
        },
    });
    say(`${String(lost)} of ${String(spans)} acknowledged spans are lost, ${String(refused)} were refused`);
}

function sum(values: readonly number[]): number {
    return values.reduce((all, one) => all + one, 0);
}
