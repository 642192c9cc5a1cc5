import { decidingBlock, type AppliedBlock } from "../../../checks/telemetry/appliedBlocks";
import type { Evidence, ProbeRun } from "../../evidence";
import { hopsOf, isComplete, readStructure, type TraceStructure } from "../../evidence/traceStructure";
import { sourcesOf } from "../../inventory/collector";
import { fullName, sidecarOf } from "../../inventory/mesh";
import type { Judgement } from "../../segments";
import { patchCommand, type Command } from "../../remediation/commands";
import { draftFor, waiting } from "../draft";
import { exceedsChance } from "./chance";
import { mixedProviders } from "./mixedProviders";
import { contextReplaced } from "./replacedContext";

const make = draftFor("propagation");

/** The structure of one probe's trace. */
export function structureOf({ path, source }: Evidence, { trace, answer }: ProbeRun): TraceStructure {
    const injected = path.targets.filter((pod) => sidecarOf(pod) !== undefined);
    return readStructure(trace, answer.spanId, hopsOf(source?.pod, injected));
}

/** True if the trace of each probe proves the path. */
export function isEveryProbeComplete(evidence: Evidence): boolean {
    return evidence.probes.every((probe) => isComplete(structureOf(evidence, probe)));
}

/** Whether all spans that arrived are connected, below the probe's own span. */
export function judgePropagation(evidence: Evidence): Judgement {
    const seen = evidence.probes.filter(({ trace }) => trace !== undefined);
    if (seen.length === 0) return waiting("no span of a probe arrived");
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
    const replaced = contextReplaced(evidence, values);
    if (replaced !== undefined) return { state: "broken", values, findings: [replaced] };
    if (beganOwnTraces(evidence.probes)) return contextLost(evidence, values);
    const broken = structures.every(({ roots, orphans }) => roots.length > 1 || orphans.length > 0);
    if (broken && first !== undefined) {
        const [orphan] = first.orphans;
        const muted = withoutPropagation(evidence);
        const finding = make({
            id: "trace-broken",
            resource: `trace ${seen[0]?.answer.traceId ?? ""}`,
            expected: "one root below the probe's own span, and a report of every parent",
            got:
                orphan === undefined
                    ? `${String(first.roots.length)} roots: ${first.roots.map(({ service }) => service).join(", ")}`
                    : `a span of ${orphan.service} whose parent ${orphan.parentSpanId} was not reported`,
            cure:
                muted === undefined
                    ? "A proxy or a service between these hops creates spans that do not arrive. Check whether all of them report " +
                      "to the same collector with the same sampling."
                    : `Telemetry ${fullName(muted.of)} sets disableContextPropagation, so that sidecars do not propagate the trace context. Use the field only for requests that leave the mesh.`,
            commands: muted === undefined ? [] : [propagateCommand(muted)],
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    return { state: "ok", values, findings: [] };
}

/** True if each probe made the application call others without its context, and more often than it does on its own. */
function beganOwnTraces(probes: ProbeRun[]): boolean {
    return exceedsChance(
        probes.map(({ callsWithoutContext }) => callsWithoutContext.length),
        probes.map(({ expectedByChance }) => expectedByChance),
    );
}

/** The block that stops the source's sidecar from propagating its context. */
function withoutPropagation({ discovery, mesh, path }: Evidence): AppliedBlock | undefined {
    const sources = sourcesOf(path.source, mesh, discovery);
    const deciding = decidingBlock(sources, "CLIENT", "disableContextPropagation");
    return deciding?.block.disableContextPropagation === true ? deciding : undefined;
}

function propagateCommand({ of, index }: AppliedBlock): Command {
    const path = `/spec/tracing/${String(index)}/disableContextPropagation`;
    return patchCommand("telemetry", of, [{ op: "remove", path }]);
}

/** The target's sidecar started new traces while the target answered, so the application dropped the headers. */
function contextLost({ path, collector, probes }: Evidence, values: Record<string, string>): Judgement {
    const b3 = collector?.kind === "zipkin";
    const call = probes[0]?.callsWithoutContext[0];
    const finding = make({
        id: "context-not-forwarded",
        resource: path.service === undefined ? path.url : `application behind Service ${fullName(path.service)}`,
        expected: `calls that copy the headers of the request: x-request-id, ${b3 ? "b3 or x-b3-*" : "traceparent, tracestate"}`,
        got: `calls that started their own trace, such as ${call?.traceId ?? ""} (${call?.operation ?? ""})`,
        cure:
            "Copy these headers in the application from each request that it receives to the requests that it sends, or instrument " +
            "it with OpenTelemetry." +
            (b3 ? "" : " B3 headers do not help, because this provider reads only W3C headers."),
        values,
    });
    return { state: "broken", values, findings: [finding] };
}
