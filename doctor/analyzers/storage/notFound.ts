import type { Evidence } from "../../evidence";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";
import { heldBack } from "./heldBack";
import { droppersOf, ledAstray } from "./ledAstray";

/** Traces that the collector has accepted and that Jaeger does not know, by what the collector's configuration says. */
export function tracesNotFound(evidence: Evidence, values: Record<string, string>): DoctorFinding {
    const found = values["probes found"] ?? "";
    const cause = ledAstray(evidence) ?? heldBack(evidence) ?? dropped(evidence);
    return draftFor("storage")({
        id: "trace-not-found",
        resource: evidence.query.where,
        expected: "the probes' traces",
        cure:
            "Spans end between the collector and what was asked: look whether the query Service leads to the Jaeger that the " +
            "collector writes to, and for processors that drop spans (tail_sampling, filter).",
        ...cause,
        got: cause === undefined ? `${found} found` : `${found} found; ${cause.got}`,
        values,
    });
}

/** What may drop spans is named, and nobody here knows whether it has dropped these. */
function dropped(evidence: Evidence): Omit<Draft, "id" | "values" | "expected"> | undefined {
    const droppers = droppersOf(evidence);
    if (droppers === undefined) return undefined;
    const names = droppers.names.join(", ");
    return {
        resource: droppers.resource,
        got: `its pipeline of traces has ${names}, which may drop spans`,
        cure: `Look whether ${names} is to drop them; if not, take it out of the pipeline, or let it keep them.`,
    };
}
