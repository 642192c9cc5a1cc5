import { decidingBlock } from "../../../checks/telemetry/appliedBlocks";
import type { Evidence } from "../../evidence";
import type { ShapeEvidence } from "../../evidence/requestIdShapes";
import { sourcesOf } from "../../inventory/collector";
import { decidingTelemetry } from "../../inventory/discovery";
import { itemsOf } from "../../../shared/cluster/facts";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { patchCommand, type Operation } from "../../remediation/commands";
import { shapeOf } from "../../probe/requestIds";
import { draftFor } from "../draft";

/**
 * A Telemetry by which sidecars do not draw by the request id: then they do not draw at all, and record every request.
 * Measured on Istio 1.31 with Envoy 1.40; https://github.com/envoyproxy/envoy/pull/16770
 */
export function judgeRandomSampling({ sampling, discovery, mesh, path }: Evidence): DoctorFinding | undefined {
    const { percent } = sampling.source.client;
    const sources = sourcesOf(path.source, mesh, discovery);
    const deciding = decidingBlock(sources, "CLIENT", "useRequestIdForTraceSampling");
    if (deciding?.block.useRequestIdForTraceSampling !== false || percent === 100 || percent === 0) return undefined;
    const telemetry = deciding.of;
    const field = `/spec/tracing/${String(deciding.index)}/useRequestIdForTraceSampling`;
    return draftFor("sampling")({
        id: "sampling-not-drawn",
        resource: `Telemetry ${fullName(telemetry)}`,
        expected: `${String(percent)} percent of requests recorded`,
        got: "useRequestIdForTraceSampling: false, by which sidecars record every request",
        cure: "Take the field out: the rate counts only where sidecars draw by the request id.",
        commands: [patchCommand("telemetry", telemetry, [{ op: "remove", path: field }])],
        values: {},
    });
}

/**
 * Clients whose requests are never recorded: Envoy draws by the request id, and of theirs it cannot. Found only where such
 * a client was seen in the last minute, and requests like its own left no trace.
 *
 * @param shapes what became of such requests of the doctor's; none where spans of others get lost as well.
 */
export function judgeRequestIds(
    shapes: ShapeEvidence[],
    { requestIds, sampling, path, discovery, mesh }: Evidence,
): DoctorFinding[] {
    const { percent, decidedBy } = sampling.source.client;
    return shapes.flatMap(({ shape, sent, recorded }) => {
        const seen = requestIds.others.filter((id) => shapeOf(id) === shape);
        if (percent === 0 || recorded > 0 || seen.length === 0) return [];
        const telemetry = decidingTelemetry(decidedBy, discovery);
        // Over others' rates below 100 the field would record every request as well.
        const othersSample = itemsOf(discovery.telemetries)
            .flatMap((one) => one.spec?.tracing ?? [])
            .some(({ randomSamplingPercentage }) => (randomSamplingPercentage ?? 100) < 100);
        const block = decidingBlock(sourcesOf(path.source, mesh, discovery), "CLIENT", "randomSamplingPercentage");
        const index = String(block?.of === telemetry ? (block?.index ?? 0) : 0);
        const value: Operation = {
            op: "add",
            path: `/spec/tracing/${index}/useRequestIdForTraceSampling`,
            value: false,
        };
        return [
            draftFor("sampling")({
                id: "request-id-undrawable",
                severity: "warning",
                resource: `clients on the way of Pod ${fullName(path.source)}`,
                expected: "an x-request-id that is a UUID: sidecars draw by its first eight digits",
                got: `${seen[0] ?? ""}${seen.length > 1 ? ` and ${String(seen.length - 1)} more` : ""} in the last minute; of ${String(sent)} requests of the doctor's with such ids ${String(recorded)} were recorded`,
                cure:
                    "Let the client or the proxy before it send UUIDs, or no x-request-id." +
                    (percent === 100
                        ? " At 100 percent useRequestIdForTraceSampling: false does as well."
                        : " (useRequestIdForTraceSampling: false would record every request, whatever the rate.)"),
                commands:
                    percent === 100 && telemetry !== undefined && !othersSample
                        ? [patchCommand("telemetry", telemetry, [value])]
                        : [],
                values: { "ids seen": seen.slice(0, 5).join(", ") },
            }),
        ];
    });
}
