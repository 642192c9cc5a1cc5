import { binomialBounds } from "../../doctor/analyzers/sampling/binomial";
import type { Cluster } from "../../lab/cluster";
import { kubectl, pause } from "../mesh/kubernetes";
import { addNote, addSample, setGoal } from "../mesh/numbers";
import { up } from "../mesh/stack";
import { OURS, type BenchContext, type Section, type SectionResult } from "../section";
import { sendTraces, type SentTraces } from "../tier/load";
import { addressOf, JAEGER, networkOfLab, pidOf, readyPods, ROUTER, SAMPLER } from "../tier/parts";
import { upTier, type BenchTier } from "../tier/settings";
import { missingFaults, missingSpans, storedTraces } from "../tier/stored";

const REST_PERCENT = 1;
const TWO_EACH: BenchTier = {
    ...{ layout: "split", samplers: 2, routers: { min: 2, max: 2 } },
    ...{ keep: { slowMs: 500, restPercent: REST_PERCENT }, decisionWaitSeconds: 2, gracePeriodSeconds: 30 },
};
const REPLICAS = 2;
/** A trace waits until the decision, one second for the next tick, and one for the batch and its way. */
const HELD_SECONDS = TWO_EACH.decisionWaitSeconds + 2;
const SPANS_PER_TRACE = 3;

/** Of 10 000 traces. */
const COUNTS = { errors: 300, slow: 300, other: 9400 };
const SHARES_SECONDS = 25;
/** What is left when the interval has 99.9 percent. */
const ALPHA = 0.001;

const TRACES_PER_SECOND = 100;
const [ENDING_SECONDS, BEFORE_SECONDS] = [16, 5];
const AWAY_SECONDS = 60;
/** gRPC waits longer and longer, up to two minutes, before it connects again. */
const BACK_SECONDS = 150;

/** Ways in which a replica ends. */
const ENDINGS = [ROUTER, SAMPLER].flatMap((part) => [
    { part, how: "SIGTERM" as const },
    { part, how: "SIGKILL" as const },
]);

/** Why a sampler that ends in order can cost spans. */
const DECIDED_APART =
    "While one router knows that a sampler ends and the other does not yet, they send the spans of one trace to two " +
    "samplers; the one without the fault then drops its part.";

/** Section 8: which spans the Collector tier loses, and which it keeps. */
export const tierLosses: Section = {
    name: "tier-losses",
    title: "What the Collector tier keeps and loses",
    usualMinutes: 6,
    run: async (context, result) => {
        const lab = await context.lab();
        addNotes(result);
        try {
            await upTier(lab, TWO_EACH);
            await complete(lab, context.signal);
            await addShares(lab, context, result);
            for (const ending of ENDINGS) await addEnding(lab, ending, context, result);
            await addOutage(lab, context, result);
        } finally {
            await up(lab);
        }
    },
};

async function complete(lab: Cluster, signal: AbortSignal): Promise<void> {
    for (const part of [ROUTER, SAMPLER]) await readyPods(lab, part, REPLICAS, signal);
}

async function send(
    lab: Cluster,
    counts: Record<string, number>,
    seconds: number,
    signal: AbortSignal,
): Promise<SentTraces> {
    const address = await addressOf(lab, "tracing-collector");
    const load = { address, counts, spansPerTrace: SPANS_PER_TRACE, seconds, connections: 8 };
    return sendTraces(networkOfLab(lab), load, signal);
}

async function addShares(lab: Cluster, { signal, say }: BenchContext, result: SectionResult): Promise<void> {
    const since = Date.now();
    const { traces, refusedSpans } = await send(lab, COUNTS, SHARES_SECONDS, signal);
    if (refusedSpans > 0) throw new Error(`${String(refusedSpans)} spans were refused`);
    await pause(HELD_SECONDS);
    const stored = await storedTraces(lab, since, { spans: Infinity, spansPerTrace: SPANS_PER_TRACE }, signal);
    const whole = (kind: string): number =>
        (traces[kind] ?? []).filter((id) => stored.get(id)?.spans.size === SPANS_PER_TRACE).length;
    for (const kind of ["errors", "slow"] as const) {
        const kept = whole(kind);
        const figure = { metric: "kept", subject: OURS, unit: "%", better: "neither" as const };
        addSample(result, { ...figure, conditions: { traces: kind } }, (kept * 100) / COUNTS[kind]);
        const text = `every trace kept whole: ${kind}`;
        setGoal(result, { text, value: COUNTS[kind] - kept, limit: { atMost: 0 }, unit: "traces not whole" });
    }
    const rest = whole("other");
    const { least, greatest } = binomialBounds(COUNTS.other, REST_PERCENT / 100, ALPHA);
    say(`of ${String(COUNTS.other)} other traces, ${String(rest)} are kept`);
    setGoal(result, {
        text: "1 % of the rest kept, within the 99.9 % binomial interval",
        ...{ value: rest >= least && rest <= greatest ? 0 : 1, limit: { atMost: 0 }, unit: "outside" },
        note: `${String(rest)} of ${String(COUNTS.other)}, expected ${String(least)} to ${String(greatest)}`,
    });
}

async function addEnding(
    lab: Cluster,
    { part, how }: (typeof ENDINGS)[number],
    { signal, say }: BenchContext,
    result: SectionResult,
): Promise<void> {
    signal.throwIfAborted();
    const [pod] = await readyPods(lab, part, REPLICAS, signal);
    if (pod === undefined) throw new Error(`there is no pod of ${part.app}`);
    const since = Date.now();
    const sending = send(lab, { errors: TRACES_PER_SECOND * ENDING_SECONDS }, ENDING_SECONDS, signal);
    await pause(BEFORE_SECONDS);
    if (how === "SIGKILL") process.kill(pidOf(pod, part), how);
    else await kubectl(lab, "delete", "pod", pod.metadata.name, "-n", "istio-system", "--wait=false");
    const { traces, refusedSpans } = await sending;
    await complete(lab, signal);
    const ids = traces["errors"] ?? [];
    const spans = ids.length * SPANS_PER_TRACE;
    const stored = await storedTraces(lab, since, { spans, spansPerTrace: SPANS_PER_TRACE }, signal);
    const lost = missingSpans(stored, ids, SPANS_PER_TRACE);
    const faults = missingFaults(stored, ids);
    const ending = `${part === ROUTER ? "a router" : "a sampler"} ended by ${how}`;
    const counts = `${String(lost)} of ${String(spans)} spans and ${String(faults)} faults lost`;
    say(`${ending}: ${counts}, ${String(refusedSpans)} refused`);
    const figure = { subject: OURS, conditions: { when: ending }, unit: "spans" };
    addSample(result, { ...figure, metric: "acknowledged and lost" }, lost);
    addSample(result, { ...figure, metric: "faults among them" }, faults);
    addSample(result, { ...figure, metric: "not acknowledged" }, refusedSpans);
    const held = ((TRACES_PER_SECOND * SPANS_PER_TRACE) / REPLICAS) * HELD_SECONDS;
    setGoal(result, {
        text: `acknowledged spans lost, ${ending}`,
        ...{ value: lost, limit: { atMost: how === "SIGTERM" ? 0 : held }, unit: "spans" },
        ...(how === "SIGTERM" && lost > 0 && { note: `${String(faults)} of them are faults. ${DECIDED_APART}` }),
    });
}

async function addOutage(lab: Cluster, { signal, say }: BenchContext, result: SectionResult): Promise<void> {
    const scale = (replicas: number): Promise<string> =>
        kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", `--replicas=${String(replicas)}`);
    await scale(0);
    try {
        await readyPods(lab, JAEGER, 0, signal);
        const since = Date.now();
        const { traces, refusedSpans } = await send(
            lab,
            { errors: TRACES_PER_SECOND * AWAY_SECONDS },
            AWAY_SECONDS,
            signal,
        );
        await scale(1);
        await readyPods(lab, JAEGER, 1, signal);
        const ids = traces["errors"] ?? [];
        const spans = ids.length * SPANS_PER_TRACE;
        const began = performance.now();
        const away = { spans, spansPerTrace: SPANS_PER_TRACE, restSeconds: BACK_SECONDS };
        const lost = missingSpans(await storedTraces(lab, since, away, signal), ids, SPANS_PER_TRACE);
        const late = (performance.now() - began) / 1000;
        say(`${String(lost)} of ${String(spans)} spans lost, the last one ${late.toFixed(0)} s after Jaeger came back`);
        const when = `Jaeger away for ${String(AWAY_SECONDS)} s`;
        const figure = { subject: OURS, conditions: { when }, unit: "spans" };
        addSample(result, { ...figure, metric: "acknowledged and lost" }, lost);
        addSample(result, { ...figure, metric: "not acknowledged" }, refusedSpans);
        const goal = { limit: { atMost: 0 }, unit: "spans" };
        setGoal(result, { ...goal, text: `no span lost, ${when}`, value: lost });
        setGoal(result, { ...goal, text: `the mesh sees nothing of it, ${when}`, value: refusedSpans });
    } finally {
        await scale(1);
    }
}

function addNotes(result: SectionResult): void {
    addNote(
        result,
        "Two routers and two samplers, with decisions after 2 s. A trace has 3 spans, each in an export of its own. The " +
            "sender counts what the tier has acknowledged, and Jaeger is asked for each span of it. SIGKILL hits the process " +
            `of one replica: it may lose what it took in within ${String(HELD_SECONDS)} s.`,
    );
}
