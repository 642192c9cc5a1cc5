import type { DoctorFinding, Judgement } from "../segments";

/** A finding without what its segment's file says for all of them. */
export type Draft = Omit<DoctorFinding, "segment" | "severity" | "commands"> &
    Partial<Pick<DoctorFinding, "severity" | "commands">>;

/** A segment that works. */
export function ok(values: Record<string, string>): Judgement {
    return { state: "ok", values, findings: [] };
}

/** A segment of which nothing can be said. */
export function unknown(why: string, values: Record<string, string> = {}): Judgement {
    return { state: "unknown", values: { ...values, unknown: why }, findings: [] };
}

/** Makes findings of one segment. */
export function draftFor(segment: DoctorFinding["segment"]): (draft: Draft) => DoctorFinding {
    return ({ id, severity = "error", resource, expected, got, cure, values, commands = [] }) => ({
        id,
        severity,
        segment,
        resource,
        expected,
        got,
        cure,
        values,
        commands,
    });
}
