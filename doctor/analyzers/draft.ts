import type { DoctorFinding, Judgement } from "../segments";
import { formatCommand, type Command } from "../remediation/commands";

/** A finding without the fields that are the same for all findings of its segment. */
export type Draft = Omit<DoctorFinding, "segment" | "severity" | "steps" | "commands"> &
    Partial<Pick<DoctorFinding, "severity">> & { commands?: Command[] };

/** A segment that works. */
export function ok(values: Record<string, string>): Judgement {
    return { state: "ok", values, findings: [] };
}

/** A segment about which nothing is known. */
export function unknown(why: string, values: Record<string, string> = {}): Judgement {
    return { state: "unknown", values: { ...values, unknown: why }, findings: [] };
}

/** A segment about which nothing is known until a later one works. */
export function waiting(why: string): Judgement {
    return { ...unknown(why), waits: true };
}

/** Creates findings of one segment. */
export function draftFor(segment: DoctorFinding["segment"]): (draft: Draft) => DoctorFinding {
    return ({ id, severity = "error", resource, expected, got, cure, values, standing, commands = [] }) => ({
        id,
        severity,
        segment,
        resource,
        expected,
        got,
        cure,
        ...(standing === true && { standing }),
        values,
        steps: commands,
        commands: commands.map((command) => formatCommand(command)),
    });
}
