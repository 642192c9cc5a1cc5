import { chainOf } from "../analyzers/sidecar";
import type { Evidence, ProbeRun } from "../evidence";
import { isComplete, isOf, readStructure, type Hop } from "../evidence/traceStructure";

/**
 * Microseconds for which Istio's sidecars serve open connections the old way after a change (`drainDuration`).
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
const DRAIN_MICROS = 45e6;

/** True when a listener of the path was changed so shortly before the first probe; both times are by the pod's own clock. */
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
 * Sends those probes once more that lack a span beside others that are whole: a connection of before a change has served
 * them, and ends with that.
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
