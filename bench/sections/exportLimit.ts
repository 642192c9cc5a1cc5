import { RECEIVER_PORTS } from "../../shared/names/ports";
import type { Cluster } from "../../lab/cluster";
import { lostSpans, stationsOf, whereLost, whoCounts } from "../mesh/firstLoss";
import { untilLive } from "../mesh/live";
import { measureLoad } from "../mesh/measure";
import { addSample, setGoal } from "../mesh/numbers";
import { jaegerOf, makePairs, removePairs, TUNED, type Pair } from "../mesh/pairs";
import { extended, QUIET, up } from "../mesh/stack";
import { OURS, type BenchContext, type Section, type SectionResult } from "../section";
import { takeTurns } from "../turns";

/** How much CPU Jaeger may use, by the setting `resources`. */
interface Room {
    name: string;
    cpu: string;
    /** Rates of requests, each of which leaves two spans; the last is as many as the machine can make. */
    requestsPerSecond: (number | undefined)[];
}

/** With all that it wants the mesh cannot make too many spans; with a fraction of it, some rate is too much. */
const ROOMS: Room[] = [
    { name: "2 CPUs", cpu: "2", requestsPerSecond: [1000, 2000, undefined] },
    { name: "0.02 CPU", cpu: "20m", requestsPerSecond: [125, 250, 500, 1000, 2000, undefined] },
];
const STEP = { connections: 16, seconds: 10 };
/** How long spans may be late before they count as lost. */
const DRAIN_SECONDS = 40;
/** For removing what was made and restoring the stack. */
const RESTORE_MS = 45_000;

/** Section 6: how many spans a second are too many, and whether what is lost then is counted. */
export const exportLimit: Section = {
    name: "export-limit",
    title: "Spans per second until the first is lost",
    usualMinutes: 7,
    run: async (context, result) => {
        const lab = await context.lab();
        try {
            await up(lab, QUIET);
            const [pair] = await makePairs(lab, [TUNED], context.signal);
            if (pair === undefined) throw new Error("one pair was asked for");
            addNotes(result);
            const turns = ROOMS.map((room) => ({
                subject: `Jaeger with ${room.name}`,
                measure: () => climb(lab, pair, room, context, result),
            }));
            await takeTurns({ ...context, deadline: context.deadline - RESTORE_MS }, turns);
        } finally {
            await removePairs(lab);
            await up(lab);
        }
    },
};

/** Raises the rate step by step, and stops at the first that loses a span. */
async function climb(
    lab: Cluster,
    pair: Pair,
    room: Room,
    context: BenchContext,
    result: SectionResult,
): Promise<void> {
    const { signal, say } = context;
    const limits = { jaeger: { limits: { cpu: room.cpu } } };
    await up(lab, { ...QUIET, resources: extended(lab, "resources", limits) });
    await untilLive(lab, pair, { percent: 100, port: RECEIVER_PORTS["otlp-grpc"] }, signal);
    const about = { subject: OURS, conditions: { jaegerCpu: room.name }, unit: "spans/s" };
    let safe = 0;
    for (const requestsPerSecond of room.requestsPerSecond) {
        signal.throwIfAborted();
        const { pid, pod } = await jaegerOf(lab, signal);
        const cost = await measureLoad(lab, pair, pid, { ...STEP, requestsPerSecond }, signal, DRAIN_SECONDS);
        const stations = stationsOf(cost);
        const rate = stations.expected / cost.load.seconds;
        const lost = lostSpans(stations);
        say(`${room.name}: ${rate.toFixed(0)} spans/s, ${String(lost)} lost ${whereLost(stations)}`);
        if (lost === 0) {
            safe = rate;
            continue;
        }
        addSample(result, { ...about, metric: "first span lost", better: "higher" }, rate);
        const counters = whoCounts(stations);
        result.notes.push(
            `Jaeger with ${room.name}, at ${rate.toFixed(0)} spans/s: ${String(lost)} of ${String(stations.expected)} spans ` +
                `were lost, ${whereLost(stations)} (${pod.metadata.name}). Counted by: ${counters.join(", ") || "nobody"}.`,
        );
        setGoal(result, {
            text: `a loss shows in a counter (Jaeger with ${room.name})`,
            value: counters.length,
            limit: { atLeast: 1 },
            unit: "counters",
        });
        break;
    }
    addSample(result, { ...about, metric: "no span lost", better: "higher" }, safe);
}

function addNotes(result: SectionResult): void {
    result.notes.push(
        "Each request leaves two spans. A step lasts 10 s; a span counts as lost when Jaeger has not stored it within 40 s. " +
            "Where a limit has no figure for the first loss, the machine could not make enough spans to lose one.",
    );
}
