import { RECEIVER_PORTS, type CollectorProtocol } from "../../shared/names/ports";
import type { Cluster } from "../../lab/cluster";
import { untilLive } from "../mesh/live";
import { measureLoad, type Cost } from "../mesh/measure";
import { addNote, addSample, medianOf, quantileOf, setGoal } from "../mesh/numbers";
import { ISTIO_DEFAULT, jaegerOf, makePairs, removePairs, TUNED, type Pair } from "../mesh/pairs";
import { extended, QUIET, up } from "../mesh/stack";
import { EXTRA_PROVIDERS, setTracing } from "../mesh/telemetry";
import { timeToVisible } from "../mesh/visibility";
import { OURS, type BenchContext, type Figure, type Section, type SectionResult } from "../section";
import { takeTurns } from "../turns";

/** Every rate by our default protocol; the other protocols where tracing costs most. */
const STATES: { protocol: CollectorProtocol; percent: number }[] = [
    { protocol: "otlp-grpc", percent: 0 },
    { protocol: "otlp-grpc", percent: 1 },
    { protocol: "otlp-grpc", percent: 10 },
    { protocol: "otlp-grpc", percent: 100 },
    { protocol: "otlp-http", percent: 100 },
    { protocol: "zipkin", percent: 100 },
];
const LOAD = { connections: 8, seconds: 5 };
/** So few that a batch is never full: what is measured is how long a sidecar keeps spans back. */
const PACE = { requests: 100, requestsPerSecond: 4.3 };
/** For removing what was made and restoring the stack. */
const RESTORE_MS = 30_000;

const PARTS = { caller: "Envoy of the caller", callee: "Envoy of the callee", jaeger: "Jaeger" } as const;
const ALL_PARTS = ["caller", "callee", "jaeger"] as const;
const ZIPKIN_NOTE =
    "Envoy's CPU for each span of Zipkin's JSON grows with the batch: 512 spans a call cost 1.8 times what 32 do, " +
    "so sidecars send 32.";
const ZIPKIN_CPU_NOTE = "Most of it is Envoy's work on the JSON of each span, which no setting of the export changes.";
const CPU_UNIT = "µs CPU/request";

/** Section 3: what tracing costs the mesh. */
export const meshCost: Section = {
    name: "mesh-cost",
    title: "What tracing costs the mesh, and when a trace can be seen",
    usualMinutes: 8,
    run: async (context, result) => {
        const lab = await context.lab();
        try {
            await up(lab, { ...QUIET, "istio.values": extended(lab, "istio.values", extraProviders()) });
            const pairs = await makePairs(lab, [ISTIO_DEFAULT, TUNED], context.signal);
            addNotes(result);
            const measure = async (): Promise<void> => {
                for (const state of STATES) await measureState(lab, pairs, state, context, result);
                await measureVisibility(lab, pairs, context, result);
                // Whoever comes second finds the machine as the first has left it.
                pairs.reverse();
            };
            const turns = [{ subject: "every rate and protocol", measure }];
            await takeTurns({ ...context, deadline: context.deadline - RESTORE_MS }, turns);
        } finally {
            await removePairs(lab);
            await up(lab);
        }
    },
};

function extraProviders(): Record<string, unknown> {
    return { meshConfig: { extensionProviders: EXTRA_PROVIDERS } };
}

async function measureState(
    lab: Cluster,
    pairs: Pair[],
    { protocol, percent }: (typeof STATES)[number],
    { signal, say }: BenchContext,
    result: SectionResult,
): Promise<void> {
    signal.throwIfAborted();
    await setTracing(lab, percent, protocol);
    const { pid } = await jaegerOf(lab, signal);
    for (const pair of pairs) {
        await untilLive(lab, pair, { percent, port: RECEIVER_PORTS[protocol] }, signal);
        const cost = await measureLoad(lab, pair, pid, LOAD, signal);
        record(result, pair, { protocol, samplingPercent: percent }, cost);
        const each = ALL_PARTS.map((part) => micros(cost, part).toFixed(0));
        say(`${protocol}, ${String(percent)} %, ${pair.subject}: ${each.join(" / ")} ${CPU_UNIT}`);
    }
    judge(result);
}

function micros(cost: Cost, part: Part): number {
    return (cost[part] * 1e6) / cost.load.answered;
}

type Conditions = { protocol: CollectorProtocol; samplingPercent: number };
type Part = keyof typeof PARTS;

/** Identity of what a part of a request's CPU is, whoever exports. */
function cpuOf(part: Part, subject: string, conditions: Conditions): Omit<Figure, "samples"> {
    return { metric: "CPU of a request", subject, conditions: { ...conditions, part: PARTS[part] }, unit: CPU_UNIT };
}

function callsOf(subject: string, conditions: Conditions): Omit<Figure, "samples"> {
    return { metric: "export calls", subject, conditions, unit: "calls/1000 spans" };
}

function record(result: SectionResult, { subject }: Pair, conditions: Conditions, cost: Cost): void {
    for (const part of ALL_PARTS) addSample(result, cpuOf(part, subject, conditions), micros(cost, part));
    const throughput = { metric: "requests through both sidecars", subject, conditions, unit: "requests/s" };
    addSample(result, { ...throughput, better: "higher" }, cost.load.answered / cost.load.seconds);
    // Of so few spans most wait for the timer, which says nothing of a busy mesh.
    if (cost.accepted < 1000) return;
    addSample(result, callsOf(subject, conditions), (cost.sidecars.exportCalls * 1000) / cost.accepted);
}

/** What recording every request adds to what none of them costs, which is the same by every protocol. */
function extra(result: SectionResult, subject: string, protocol: CollectorProtocol): number {
    const of = (part: Part, conditions: Conditions): number => medianOf(result, cpuOf(part, subject, conditions));
    return ALL_PARTS.reduce(
        (sum, part) =>
            sum +
            of(part, { protocol, samplingPercent: 100 }) -
            of(part, { protocol: "otlp-grpc", samplingPercent: 0 }),
        0,
    );
}

function judge(result: SectionResult): void {
    for (const protocol of ["otlp-grpc", "otlp-http", "zipkin"] as const) {
        const value = extra(result, OURS, protocol) / extra(result, ISTIO_DEFAULT.subject, protocol);
        setGoal(result, {
            text: `recording every request by ${protocol} costs at most 0.65 of what it does by Istio's default, Jaeger included`,
            ...{ value, limit: { atMost: 0.65 }, unit: "of Istio's default" },
            ...(protocol === "zipkin" && { note: ZIPKIN_CPU_NOTE }),
        });
        setGoal(result, {
            text: `at most 5 export calls per 1000 spans by ${protocol}`,
            value: medianOf(result, callsOf(OURS, { protocol, samplingPercent: 100 })),
            limit: { atMost: 5 },
            unit: "calls/1000 spans",
            ...(protocol === "zipkin" && { note: ZIPKIN_NOTE }),
        });
    }
}

async function measureVisibility(
    lab: Cluster,
    pairs: Pair[],
    { signal, say }: BenchContext,
    result: SectionResult,
): Promise<void> {
    await setTracing(lab, 100, "otlp-grpc");
    for (const pair of pairs) {
        await untilLive(lab, pair, { percent: 100, port: RECEIVER_PORTS["otlp-grpc"] }, signal);
    }
    // At once: requests so few and far between leave both pairs alone.
    await Promise.all(
        pairs.map(async (pair) => {
            const { subject } = pair;
            const { seconds, missing } = await timeToVisible(lab, pair, PACE, signal);
            addSample(result, visible("p50", subject), quantileOf(seconds, 0.5));
            addSample(result, visible("p99", subject), quantileOf(seconds, 0.99));
            if (missing > 0)
                addNote(result, `${String(missing)} traces of ${subject} were not whole 10 s after the last request.`);
            say(`request to whole trace, ${subject}: p99 ${quantileOf(seconds, 0.99).toFixed(2)} s`);
        }),
    );
    setGoal(result, {
        text: "99 of 100 traces are whole in Jaeger within 2 s of their request",
        value: medianOf(result, visible("p99", OURS)),
        limit: { atMost: 2 },
        unit: "s",
    });
}

function visible(quantile: "p50" | "p99", subject: string): Omit<Figure, "samples"> {
    const conditions = { requestsPerSecond: PACE.requestsPerSecond };
    return { metric: `request to whole trace, ${quantile}`, subject, conditions, unit: "s" };
}

function addNotes(result: SectionResult): void {
    result.notes.push(
        "CPU is that of the Envoy process alone (and of Jaeger's), for each answered request, with 8 connections that " +
            "send as fast as answers come. A request passes two sidecars and leaves a span in each.",
        "Both subjects run in the same mesh, in turns: two pairs of pods that differ in nothing but when a sidecar sends " +
            "its spans, every 5 spans or 5 s by Envoy's default, which Istio does not change, or every 512 spans (Zipkin: 32) or " +
            "1 s as this program sets it.",
        "Rates of 1 and 10 percent are measured over OTLP gRPC alone: below 100 percent the protocol makes little " +
            "difference, since few spans are sent.",
        "The lab has the upstream Envoy, without the filters that Istio adds to its own: a request costs more on Istio's " +
            "own proxy, tracing or not, while what a span adds is the same code.",
    );
}
