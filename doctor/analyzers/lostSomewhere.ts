import type { DoctorFinding, SegmentResult } from "../segments";
import { draftFor } from "./draft";

/** If no segment shows its own fault, the first one without positive evidence. */
export function lostSomewhere(segments: SegmentResult[]): DoctorFinding {
    const at =
        segments.find(isGap) ??
        segments.find(({ state }) => state === "unknown") ??
        segments.find(({ segment }) => segment === "storage");
    const segment = at?.segment ?? "storage";
    const good = segments
        .slice(
            0,
            segments.findIndex((one) => one.segment === segment),
        )
        .flatMap(({ state, segment: name }) => (state === "ok" ? [name] : []));
    return draftFor(segment)({
        id: `lost-in-${segment}`,
        resource: segment,
        expected: "a probe whose trace is complete",
        got: at?.values["unknown"] ?? "no sign of a fault, but an incomplete trace of the probe",
        cure:
            "The doctor found no cause. Run it again, because a recent change may not have reached every sidecar " +
            'yet. If the result is the same, examine this segment yourself: the report shows under "Evidence" all ' +
            "that the doctor knows about it" +
            (good.length === 0 ? "." : `, and the requests passed ${good.join(", ")}.`),
        values: at?.values ?? {},
    });
}

/** True for a segment without evidence, which would not come from a later one. */
export function isGap({ state, waits }: SegmentResult): boolean {
    return state === "unknown" && waits !== true;
}
