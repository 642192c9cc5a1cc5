import { decidingBlock, type AppliedBlock } from "../../../checks/telemetry/appliedBlocks";
import type { Evidence, ProbeRun } from "../../evidence";
import { hopsOf, isComplete, readStructure, type TraceStructure } from "../../evidence/traceStructure";
import { sourcesOf } from "../../inventory/collector";
import { fullName, sidecarOf } from "../../inventory/mesh";
import type { Judgement } from "../../segments";
import { patchCommand, type Command } from "../../remediation/commands";
import { draftFor, waiting } from "../draft";
import { mixedProviders } from "./mixedProviders";

const make = draftFor("propagation");

/** The structure of one probe's trace. */
export function structureOf({ path, source }: Evidence, { trace, answer }: ProbeRun): TraceStructure {
    const injected = path.targets.filter((pod) => sidecarOf(pod) !== undefined);
    return readStructure(trace, answer.spanId, hopsOf(source?.pod, injected));
}

/** True when the trace of each probe proves the path. */
export function isEveryProbeComplete(evidence: Evidence): boolean {
    return evidence.probes.every((probe) => isComplete(structureOf(evidence, probe)));
}

/** Whether every span that arrived hangs together, below the probe's own. */
export function judgePropagation(evidence: Evidence): Judgement {
    const seen = evidence.probes.filter(({ trace }) => trace !== undefined);
    if (seen.length === 0) return waiting("no span of a probe arrived to judge by");
    const structures = seen.map((probe) => structureOf(evidence, probe));
    const [first] = structures;
    const values = {
        "trace ids": seen.map(({ answer }) => answer.traceId).join(", "),
        services: [...new Set(seen.flatMap(({ trace }) => trace?.spans.map(({ service }) => service) ?? []))].join(
            ", ",
        ),
        roots: structures.map(({ roots }) => String(roots.length)).join(", "),
        orphans: structures.map(({ orphans }) => String(orphans.length)).join(", "),
        "roots of the target": evidence.probes
            .map(({ callsWithoutContext }) => String(callsWithoutContext.length))
            .join(", "),
    };
    const mixed = structures.every(({ missing }) => missing.length > 0) ? mixedProviders(evidence, values) : undefined;
    if (mixed !== undefined) return { state: "broken", values, findings: [mixed] };
    if (beganOwnTraces(evidence.probes)) return contextLost(evidence, values);
    const broken = structures.every(({ roots, orphans }) => roots.length > 1 || orphans.length > 0);
    if (broken && first !== undefined) {
        const [orphan] = first.orphans;
        const muted = withoutPropagation(evidence);
        const finding = make({
            id: "trace-broken",
            resource: `trace ${seen[0]?.answer.traceId ?? ""}`,
            expected: "one root below the probe's own span, and every parent reported",
            got:
                orphan === undefined
                    ? `${String(first.roots.length)} roots: ${first.roots.map(({ service }) => service).join(", ")}`
                    : `a span of ${orphan.service} whose parent ${orphan.parentSpanId} nobody reported`,
            cure:
                muted === undefined
                    ? "A proxy or a service between these hops makes spans that do not arrive: look whether all of them report " +
                      "to the same collector with the same sampling."
                    : `Telemetry ${fullName(muted.of)} has disableContextPropagation: sidecars hand no context on. It is for the way out of the mesh alone.`,
            commands: muted === undefined ? [] : [propagateCommand(muted)],
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    return { state: "ok", values, findings: [] };
}

/** True when each probe made the application call without its context, and more often than it does of its own accord. */
function beganOwnTraces(probes: ProbeRun[]): boolean {
    const roots = probes.reduce((sum, { callsWithoutContext }) => sum + callsWithoutContext.length, 0);
    const chance = probes.reduce((sum, { expectedByChance }) => sum + expectedByChance, 0);
    return (
        probes.every(({ callsWithoutContext }) => callsWithoutContext.length > 0) &&
        roots > chance + 2 * Math.sqrt(chance)
    );
}

/** The block by which the source's sidecar keeps its context to itself. */
function withoutPropagation({ discovery, mesh, path }: Evidence): AppliedBlock | undefined {
    const sources = sourcesOf(path.source, mesh, discovery);
    const deciding = decidingBlock(sources, "CLIENT", "disableContextPropagation");
    return deciding?.block.disableContextPropagation === true ? deciding : undefined;
}

function propagateCommand({ of, index }: AppliedBlock): Command {
    const path = `/spec/tracing/${String(index)}/disableContextPropagation`;
    return patchCommand("telemetry", of, [{ op: "remove", path }]);
}

/** While the target answered, its sidecar began new traces: the application dropped the headers. */
function contextLost({ path, collector, probes }: Evidence, values: Record<string, string>): Judgement {
    const b3 = collector?.kind === "zipkin";
    const call = probes[0]?.callsWithoutContext[0];
    const finding = make({
        id: "context-not-forwarded",
        resource: path.service === undefined ? path.url : `application behind Service ${fullName(path.service)}`,
        expected: `calls that carry on the headers of the request: x-request-id, ${b3 ? "b3 or x-b3-*" : "traceparent, tracestate"}`,
        got: `calls that began a trace of their own, such as ${call?.traceId ?? ""} (${call?.operation ?? ""})`,
        cure:
            "Let the application copy these headers from each request that it gets to those that it sends, or instrument " +
            "it with OpenTelemetry." +
            (b3 ? "" : " Headers of B3 do not help: this provider reads W3C alone."),
        values,
    });
    return { state: "broken", values, findings: [finding] };
}
