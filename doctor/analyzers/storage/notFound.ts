import type { Evidence } from "../../evidence";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";
import { forwardedElsewhere } from "./forwarded";
import { heldBack } from "./heldBack";
import { insufficientStorage } from "./limits";
import { droppersOf, misroutedSpans } from "./misroutedSpans";

type Cause = Omit<Draft, "id" | "values" | "expected">;

/** Why Jaeger does not have traces that the collector accepted; undefined if its configuration does not show it. */
export function whyNotFound(evidence: Evidence): Cause | undefined {
    return (
        misroutedSpans(evidence) ??
        insufficientStorage(evidence) ??
        heldBack(evidence) ??
        dropped(evidence) ??
        forwardedElsewhere(evidence)
    );
}

/** Traces that the collector accepted and that Jaeger does not have, with their cause as far as it is known. */
export function tracesNotFound(
    evidence: Evidence,
    values: Record<string, string>,
    cause: Cause | undefined,
): DoctorFinding {
    const found = values["probes found"] ?? "";
    return draftFor("storage")({
        id: "trace-not-found",
        resource: evidence.query.where,
        expected: "the probes' traces",
        cure:
            "Spans are lost between the collector and the queried Jaeger. Check whether the query Service selects the Jaeger that the " +
            "collector writes to, and look for processors that drop spans (tail_sampling, filter).",
        ...cause,
        got: cause === undefined ? `${found} found` : `${found} found; ${cause.got}`,
        values,
    });
}

/** Names processors that may drop spans. It is unknown whether they dropped these. */
function dropped(evidence: Evidence): Cause | undefined {
    const droppers = droppersOf(evidence);
    if (droppers === undefined) return undefined;
    const names = droppers.names.join(", ");
    return {
        resource: droppers.resource,
        got: `its traces pipeline contains ${names}, which may drop spans`,
        cure:
            `Check whether you want ${names} to drop them. If not, remove it from the pipeline, or configure it to ` +
            "keep them.",
    };
}
