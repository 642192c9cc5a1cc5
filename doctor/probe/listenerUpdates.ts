import { chainOf } from "../analyzers/sidecar/filterChain";
import type { Evidence, ProbeRun } from "../evidence";
import { isComplete, isOf, readStructure, type Hop } from "../evidence/traceStructure";

/**
 * Time for which Istio's sidecars serve open connections with the old configuration after a change (`drainDuration`),
 * in microseconds.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
const DRAIN_MICROS = 45e6;

/**
 * True if a listener of the path changed within this time before the first probe. Both times come from the pod's clock.
 */
export function areListenersUpdating(evidence: Pick<Evidence, "source" | "targets" | "path" | "probes">): boolean {
    const { source, targets, probes } = evidence;
    const spans = probes.flatMap(({ trace }) => trace?.spans ?? []);
    return [source, ...targets].some((sidecar) => {
        if (sidecar === undefined || "failure" in sidecar.listeners) return false;
        const updated = chainOf(sidecar, sidecar.listeners.value.chains, evidence)?.updatedMicros;
        const begun = spans.filter((span) => isOf(span, sidecar.pod)).map(({ startMicros }) => startMicros);
        return updated !== undefined && begun.length > 0 && Math.min(...begun) - updated < DRAIN_MICROS;
    });
}

/**
 * Sends probes again that lack a span while others are complete: a connection from before a change served them, and
 * ends after that.
 */
export async function repeatIncomplete(
    probes: ProbeRun[],
    hops: Hop[],
    send: (count: number) => Promise<ProbeRun[]>,
): Promise<ProbeRun[]> {
    const whole = probes.filter(({ trace, answer }) => isComplete(readStructure(trace, answer.spanId, hops)));
    if (whole.length === 0 || whole.length === probes.length) return probes;
    return [...whole, ...(await send(probes.length - whole.length))];
}
