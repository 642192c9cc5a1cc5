import type { JaegerClient, Span, Trace } from "../cli/trace/jaegerClient";
import type { ProbeRun } from "./evidence";
import type { ProbePath } from "./path";
import { AGENT } from "./probe";
import { isOf } from "./trace";

/**
 * Traces that the target's own sidecar began for calls of its application while that answered a probe: it handed no
 * context on. An application also calls others of its own accord, which shows in as long a time before.
 */
export async function findStrayRoots(client: JaegerClient, probes: ProbeRun[], path: ProbePath): Promise<void> {
    const ids = probes.map(({ answer }) => answer.traceId);
    const ofTarget = (span: Span): boolean => path.targets.some((pod) => isOf(span, pod));
    const isOwn = ({ traceId, tags }: Span): boolean =>
        ids.includes(traceId) || (tags["user_agent"] ?? "").startsWith(AGENT);
    for (const probe of probes) {
        const entered = probe.trace?.spans.find(ofTarget);
        if (entered === undefined) continue;
        const { service, startMicros, durationMicros } = entered;
        // Requests that were on their way then began earlier.
        const between = { startMicros: startMicros - 3 * durationMicros, endMicros: startMicros + durationMicros };
        const traces = await client.tracesOf(service, 50, between).catch((): Trace[] => []);
        const began = traces
            .filter(({ traceId }) => traceId !== probe.answer.traceId)
            .flatMap(({ spans: [root] }) => root ?? [])
            .filter((root) => root.parentSpanId === "" && root.tags["span.kind"] !== "server" && ofTarget(root));
        probe.strayRoots = began.filter((root) => isWithin(root, entered));
        // A request that the doctor sent just before has left calls as well.
        const known = [...traces, ...probes.flatMap(({ trace }) => trace ?? [])].flatMap(({ spans }) => spans);
        const others = known.filter((span) => ofTarget(span) && isOwn(span));
        probe.rootsBefore = began.filter(
            (root) =>
                root.startMicros >= startMicros - durationMicros &&
                root.startMicros < startMicros &&
                !others.some((other) => isWithin(root, other)),
        ).length;
    }
}

/** Whether a span began while another one lasted. */
function isWithin({ startMicros }: Span, during: Span): boolean {
    return startMicros >= during.startMicros && startMicros <= during.startMicros + during.durationMicros;
}
