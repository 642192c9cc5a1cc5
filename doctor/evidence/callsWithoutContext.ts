import type { JaegerClient, Span, Trace } from "../../shared/jaeger/client";
import type { ProbeRun } from ".";
import { endlessInJaeger, type EndlessTrace } from "./endlessTraces";
import type { ProbePath } from "../probe/path";
import { AGENT } from "../probe/requests";
import { isOf } from "./traceStructure";

/** The maximum number of traces to examine. */
const LIMIT = 200;
/** Time before the first probe in which the doctor sends no requests, in microseconds. */
const QUIET = { from: 8_000_000, to: 3_000_000 };

/**
 * Returns endless traces among those from before the probes.
 *
 * Calls with which the target's sidecar started a trace while its application answered a probe without propagating the
 * context, or with which the application continued another trace. An application can also call others on its own. The
 * seconds before the probes show how often.
 */
export async function findCallsWithoutContext(
    client: JaegerClient,
    probes: ProbeRun[],
    path: ProbePath,
): Promise<EndlessTrace[]> {
    const ofTarget = (span: Span): boolean => path.targets.some((pod) => isOf(span, pod));
    const entered = probes.map(({ trace }) => trace?.spans.find(ofTarget));
    const first = entered.find((span) => span !== undefined);
    if (first === undefined) return [];
    const between = { startMicros: first.startMicros - QUIET.from, endMicros: first.startMicros - QUIET.to };
    const own = probes.map(({ answer }) => answer.traceId);
    const quiet = await callsOf(client, first.service, between, ofTarget);
    const quietMicros = Math.max(1, between.endMicros - quiet.since);
    const perMicro = quiet.began.length / quietMicros;
    for (const [index, probe] of probes.entries()) {
        const span = entered[index];
        if (span === undefined) continue;
        const { service, startMicros, durationMicros } = span;
        const during = { startMicros, endMicros: startMicros + durationMicros };
        const { began, replaced } = await callsOf(client, service, during, ofTarget);
        probe.callsWithoutContext = began.filter(({ traceId }) => traceId !== probe.answer.traceId);
        probe.expectedByChance = perMicro * durationMicros;
        probe.callsWithOtherContext = replaced.filter(({ traceId }) => !own.includes(traceId));
        probe.othersByChance = (quiet.replaced.length / quietMicros) * durationMicros;
    }
    return endlessInJaeger(quiet.traces, own);
}

/** Calls of the target that started a trace, and the time since which the list is complete. */
async function callsOf(
    client: JaegerClient,
    service: string,
    between: { startMicros: number; endMicros: number },
    ofTarget: (span: Span) => boolean,
): Promise<{ began: Span[]; replaced: Span[]; since: number; traces: Trace[] }> {
    const traces = await client.tracesOf(service, LIMIT, between).catch((): Trace[] => []);
    const roots = traces.flatMap(({ spans: [root] }) => root ?? []);
    const isCall = (span: Span): boolean =>
        ofTarget(span) &&
        span.tags["span.kind"] !== "server" &&
        !(span.tags["user_agent"] ?? "").startsWith(AGENT) &&
        span.startMicros >= between.startMicros &&
        span.startMicros <= between.endMicros;
    const began = roots.filter((root) => root.parentSpanId === "" && isCall(root));
    const replaced = traces.flatMap((trace) => enteringSpans(trace, ofTarget).filter(isCall));
    // Jaeger returns the newest traces.
    const since = traces.length < LIMIT ? between.startMicros : Math.min(...roots.map((root) => root.startMicros));
    return { began, replaced, since, traces };
}

/** Spans with a parent from outside of a trace, which never reached the target itself. */
function enteringSpans({ spans }: Trace, ofTarget: (span: Span) => boolean): Span[] {
    if (spans.some((span) => ofTarget(span) && span.tags["span.kind"] === "server")) return [];
    const ids = new Set(spans.map(({ spanId }) => spanId));
    return spans.filter(({ parentSpanId }) => parentSpanId !== "" && !ids.has(parentSpanId));
}
