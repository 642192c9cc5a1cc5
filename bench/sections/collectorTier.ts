import type { Cluster } from "../../lab/cluster";
import { addSample, medianOf, setGoal } from "../mesh/numbers";
import { up } from "../mesh/stack";
import { OURS, type BenchContext, type Section, type SectionResult } from "../section";
import { measureTraces } from "../tier/cost";
import { measureEviction, SMALL } from "../tier/eviction";
import { sendTraces } from "../tier/load";
import { liveHeapMiB, tellHeap } from "../tier/memory";
import { addressOf, JAEGER, networkOfLab, ROUTER, SAMPLER, type Part } from "../tier/parts";
import { upTier, type BenchTier } from "../tier/settings";
import { takeTurns } from "../turns";

const KEEP = { slowMs: 500, restPercent: 1 };
const ONE_EACH = { layout: "split", samplers: 1, routers: { min: 1, max: 1 } } as const;
const SHORT = { decisionWaitSeconds: 2, gracePeriodSeconds: 30 };
const COST: BenchTier = { ...ONE_EACH, ...SHORT, keep: KEEP };
const EVICTION: BenchTier = { ...ONE_EACH, ...SHORT, ...SMALL, keep: KEEP };
/** Nothing is decided while the memory is measured. */
const MEMORY: BenchTier = {
    ...{ layout: "single", keep: { restPercent: 0 }, exclude: { healthChecks: true } },
    ...{ decisionWaitSeconds: 500, gracePeriodSeconds: 510 },
};

/** A trace of the documentation's example, and how many come each second. */
const SPANS_PER_TRACE = 12;
const [TRACES_PER_SECOND, SECONDS] = [500, 15];
/** Seconds for which the tier holds a span at most: the wait, a tick, a batch. */
const HOLD_SECONDS = 4;

const TIER = [ROUTER, SAMPLER, JAEGER];
const WAYS: { name: string; kind: string; service: string; parts: Part[] }[] = [
    { name: "straight to Jaeger", kind: "other", service: "jaeger-collector", parts: [JAEGER] },
    { name: `${OURS}, tier that keeps 1 %`, kind: "other", service: "tracing-collector", parts: TIER },
    { name: `${OURS}, tier that keeps all`, kind: "errors", service: "tracing-collector", parts: TIER },
];
const NAMES = new Map([
    [ROUTER, "router"],
    [SAMPLER, "sampler"],
    [JAEGER, "Jaeger"],
]);

/** Traces of a step of the memory, of few spans and of many, which tells a trace from its spans. */
const WAITING = { traces: 3000, spans: [2, 6, SPANS_PER_TRACE] };
/** Rates as parts of the one that a preview calls safe. */
const RATES = [0.9, 1.3, 2];

const UNIT = "µs CPU/span";
const WHOLE = "CPU of a span, Collectors and Jaeger";
/** Time for what follows the turns, and for the restoration of the stack. */
const REST_MS = 330_000;

/** Section 7: what the Collector tier costs, and how much it holds. */
export const collectorTier: Section = {
    name: "collector-tier",
    title: "What the Collector tier costs",
    usualMinutes: 7,
    run: async (context, result) => {
        const lab = await context.lab();
        addNotes(result);
        try {
            await upTier(lab, COST, 5000);
            const turns = WAYS.map((way) => ({
                subject: way.name,
                measure: () => addCost(lab, way, context, result),
            }));
            await takeTurns({ ...context, deadline: context.deadline - REST_MS }, turns);
            addRatio(result);
            await addMemory(lab, context, result);
            await addEvictions(lab, context, result);
        } finally {
            await up(lab);
        }
    },
};

async function addCost(
    lab: Cluster,
    { name, kind, service, parts }: (typeof WAYS)[number],
    { signal, say }: BenchContext,
    result: SectionResult,
): Promise<void> {
    const load = { counts: { [kind]: TRACES_PER_SECOND * SECONDS }, spansPerTrace: SPANS_PER_TRACE, seconds: SECONDS };
    const way = { service, parts, holdSeconds: service === "jaeger-collector" ? 1 : HOLD_SECONDS };
    const cost = await measureTraces(lab, way, load, signal);
    if (cost.refusedSpans > 0) throw new Error(`${String(cost.refusedSpans)} spans were refused (${name})`);
    const micros = (seconds: number): number => (seconds * 1e6) / cost.spans;
    for (const [part, seconds] of cost.cpuSeconds) {
        const figure = { subject: NAMES.get(part) ?? part.app, conditions: { way: name } };
        addSample(result, { ...figure, metric: "CPU of a span", unit: UNIT }, micros(seconds));
        const rate = { ...figure, metric: "spans of a core", unit: "spans/s", better: "higher" as const };
        addSample(result, rate, cost.spans / seconds);
    }
    const all = [...cost.cpuSeconds.values()].reduce((sum, seconds) => sum + seconds, 0);
    addSample(result, { metric: WHOLE, subject: name, unit: UNIT }, micros(all));
    say(`${name}: ${micros(all).toFixed(1)} ${UNIT} at ${(cost.spans / cost.seconds).toFixed(0)} spans/s`);
}

function addRatio(result: SectionResult): void {
    const [straight, ...tiers] = WAYS.map(({ name }) => medianOf(result, { metric: WHOLE, subject: name, unit: UNIT }));
    const [sampled, all] = tiers.map((cost) => (cost / (straight ?? Number.NaN)).toFixed(2));
    result.notes.push(
        `With the tier, Collectors and Jaeger take ${sampled ?? "-"} times the CPU of Jaeger alone for the same spans if 1 % ` +
            `of the traces is kept, and ${all ?? "-"} times if all of them are.`,
    );
}

async function addMemory(lab: Cluster, { signal, say, repeats }: BenchContext, result: SectionResult): Promise<void> {
    await upTier(lab, MEMORY);
    const putBack = await tellHeap(lab, signal);
    try {
        const address = await addressOf(lab, "tracing-collector");
        let held = await liveHeapMiB(lab, signal);
        const bytesOfTrace = async (spansPerTrace: number): Promise<number> => {
            const before = held;
            const load = { address, counts: { other: WAITING.traces }, spansPerTrace, seconds: 4 };
            await sendTraces(networkOfLab(lab), load, signal);
            held = await liveHeapMiB(lab, signal);
            return ((held - before) * 2 ** 20) / WAITING.traces;
        };
        // What the first traces bring with them, such as buffers, is none of theirs.
        await bytesOfTrace(1);
        for (let round = 0; round < repeats; round++) {
            for (const spansPerTrace of WAITING.spans) {
                const bytes = await bytesOfTrace(spansPerTrace);
                const figure = { subject: "sampler", conditions: { spansPerTrace } };
                addSample(result, { ...figure, unit: "bytes", metric: "memory of a waiting trace" }, bytes);
                const each = { ...figure, unit: "bytes/span", metric: "memory of a waiting span" };
                addSample(result, each, bytes / spansPerTrace);
                say(`a waiting trace of ${String(spansPerTrace)} spans takes ${bytes.toFixed(0)} bytes`);
            }
        }
    } finally {
        await putBack();
    }
}

async function addEvictions(lab: Cluster, { signal, say }: BenchContext, result: SectionResult): Promise<void> {
    await upTier(lab, EVICTION, 5000);
    for (const times of RATES) {
        const { tracesPerSecond, sent, lost, counted } = await measureEviction(lab, times, signal);
        const figure = { subject: "sampler", conditions: { rate: `${String(times)} x safe` }, unit: "spans" };
        addSample(result, { ...figure, metric: "lost" }, lost);
        say(
            `${tracesPerSecond.toFixed(0)} traces/s: ${String(lost)} of ${String(sent)} lost, ${String(counted)} counted`,
        );
        const atRate = `at ${String(times)} times the rate that a preview calls safe`;
        if (times < 1)
            setGoal(result, { text: `no span lost ${atRate}`, value: lost, limit: { atMost: 0 }, unit: "spans" });
        else
            setGoal(result, {
                text: `every lost span counted ${atRate}`,
                ...{ value: Math.abs(lost - counted), limit: { atMost: 0 }, unit: "spans not counted" },
                note: `${String(lost)} of ${String(sent)} spans lost`,
            });
    }
}

function addNotes(result: SectionResult): void {
    result.notes.push(
        `A trace has ${String(SPANS_PER_TRACE)} spans with the attributes of Envoy's, and ${String(TRACES_PER_SECOND)} traces come ` +
            "each second by OTLP/gRPC, in exports of 50 spans of different traces. One router, one sampler and one Jaeger " +
            "with its storage in memory. CPU is that of the processes from the first span until Jaeger takes no more.",
        "The memory is what the Go runtime holds after a garbage collection, which is not what it takes from the node.",
    );
}
