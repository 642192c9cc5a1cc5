import { RECEIVER_PORTS, type CollectorProtocol } from "../../shared/names/ports";
import type { Cluster } from "../../lab/cluster";
import { lostSpans, stationsOf, whereLost, whoCounts } from "../mesh/firstLoss";
import { untilLive } from "../mesh/live";
import { measureLoad } from "../mesh/measure";
import { addSample, setGoal } from "../mesh/numbers";
import { jaegerOf, makePairs, removePairs, TUNED, type Pair } from "../mesh/pairs";
import { extended, QUIET, up } from "../mesh/stack";
import { EXTRA_PROVIDERS, setTracing } from "../mesh/telemetry";
import { OURS, type BenchContext, type Section, type SectionResult } from "../section";
import { takeTurns } from "../turns";

/** Where spans are sent, and how many. */
interface Room {
    /** Jaeger's CPU limit, from the setting `resources`. */
    cpu: { name: string; limit: string };
    protocol: CollectorProtocol;
    /** Rates of requests, each of which leaves two spans; without one, as many as the machine can make. */
    requestsPerSecond: (number | undefined)[];
    /** How long each rate lasts. */
    seconds: number;
}

const AMPLE = { name: "2 CPUs", limit: "2" };
const SCARCE = { name: "0.02 CPU", limit: "20m" };

/**
 * With all that it wants the mesh cannot make too many spans; with a fraction of it, some rate is too much.
 *
 * Jaeger takes nearly 30 000 spans with a second of CPU. A sidecar waits for the answer to an export as long as it
 * takes by OTLP/gRPC, and 3 s by OTLP/HTTP.
 */
const ROOMS: Room[] = [
    { cpu: AMPLE, protocol: "otlp-grpc", requestsPerSecond: [1000, undefined], seconds: 10 },
    { cpu: SCARCE, protocol: "otlp-grpc", requestsPerSecond: [250, 500, undefined], seconds: 30 },
    { cpu: SCARCE, protocol: "otlp-http", requestsPerSecond: [125, 250, 500, undefined], seconds: 30 },
];
const CONNECTIONS = 16;
/** How long a span can be on its way before it counts as lost. */
const LATE_SECONDS = 180;
/** Time for the removal of created objects and the restoration of the stack. */
const RESTORE_MS = 45_000;

/** Section 6: how many spans a second are too many, and whether what is lost then is counted. */
export const exportLimit: Section = {
    name: "export-limit",
    title: "Spans per second until the first is lost",
    usualMinutes: 7,
    run: async (context, result) => {
        const lab = await context.lab();
        try {
            await up(lab, configured(lab, AMPLE.limit));
            const [pair] = await makePairs(lab, [TUNED], context.signal);
            if (pair === undefined) throw new Error("one pair was asked for");
            addNotes(result);
            const turns = ROOMS.map((room) => ({
                subject: nameOf(room),
                measure: () => climb(lab, pair, room, context, result),
            }));
            await takeTurns({ ...context, deadline: context.deadline - RESTORE_MS }, turns);
        } finally {
            await removePairs(lab);
            await up(lab);
        }
    },
};

function configured(lab: Cluster, cpu: string): Record<string, string> {
    return {
        ...QUIET,
        resources: extended(lab, "resources", { jaeger: { limits: { cpu } } }),
        "istio.values": extended(lab, "istio.values", { meshConfig: { extensionProviders: EXTRA_PROVIDERS } }),
    };
}

function nameOf({ cpu, protocol }: Room): string {
    return `Jaeger with ${cpu.name}, ${protocol}`;
}

/** Raises the rate step by step, and stops at the first one that loses a span. */
async function climb(
    lab: Cluster,
    pair: Pair,
    room: Room,
    context: BenchContext,
    result: SectionResult,
): Promise<void> {
    const { signal, say } = context;
    await up(lab, configured(lab, room.cpu.limit));
    await setTracing(lab, 100, room.protocol);
    await untilLive(lab, pair, { percent: 100, port: RECEIVER_PORTS[room.protocol] }, signal);
    const conditions = { jaegerCpu: room.cpu.name, protocol: room.protocol };
    const about = { subject: OURS, conditions, unit: "spans/s" };
    let safe = { rate: 0, lateSeconds: 0 };
    for (const requestsPerSecond of room.requestsPerSecond) {
        signal.throwIfAborted();
        const { pid, pod } = await jaegerOf(lab, signal);
        const cost = await measureLoad(
            lab,
            pair,
            pid,
            { connections: CONNECTIONS, seconds: room.seconds, requestsPerSecond },
            signal,
            LATE_SECONDS,
        );
        const stations = stationsOf(cost);
        const rate = stations.expected / cost.load.seconds;
        const lost = lostSpans(stations);
        const late = `${cost.lateSeconds.toFixed(1)} s`;
        say(`${nameOf(room)}: ${rate.toFixed(0)} spans/s, ${String(lost)} lost ${whereLost(stations)} after ${late}`);
        if (lost === 0) {
            safe = { rate, lateSeconds: cost.lateSeconds };
            continue;
        }
        addSample(result, { ...about, metric: "first span lost", better: "higher" }, rate);
        const counters = whoCounts(stations);
        result.notes.push(
            `${nameOf(room)}, at ${rate.toFixed(0)} spans/s: ${String(lost)} of ${String(stations.expected)} spans ` +
                `were lost, ${whereLost(stations)} (${pod.metadata.name}). Counted by: ${counters.join(", ") || "nobody"}.`,
        );
        setGoal(result, {
            text: `a loss shows in a counter (${nameOf(room)})`,
            value: counters.length,
            limit: { atLeast: 1 },
            unit: "counters",
        });
        break;
    }
    addSample(result, { ...about, metric: "no span lost", better: "higher" }, safe.rate);
    addSample(result, { ...about, metric: "from the end of that load to its last span", unit: "s" }, safe.lateSeconds);
}

function addNotes(result: SectionResult): void {
    result.notes.push(
        "Each request leaves two spans. A step lasts 10 s with 2 CPUs and 30 s with less. A span counts as lost when Jaeger " +
            `has not stored it, and no sidecar waits for an answer any more, or after ${String(LATE_SECONDS)} s. ` +
            "Where a limit has no figure for the first loss, the machine could not make enough spans to lose one.",
        "By OTLP/gRPC, sidecars wait for an overloaded Jaeger: spans come late. By OTLP/HTTP, they drop what Jaeger has " +
            "not taken within the 3 s that the provider's timeout allows.",
    );
}
