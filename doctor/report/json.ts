import type { Diagnosis } from "../diagnose";
import type { SamplingReport } from "../analyzers/sampling/report";
import { describeDecidedBy } from "./decision";

/** Names of fields in the JSON output that differ from those of {@link Diagnosis}, because other programs read them. */
const PUBLISHED: Partial<Record<keyof Diagnosis, string>> = { inventory: "survey" };

/** The diagnosis for programs, with all evidence. What decided a rate appears as text. */
export function formatJson(diagnosis: Diagnosis): string {
    return JSON.stringify(diagnosisJson(diagnosis), null, 2);
}

/** The same as plain data. */
export function diagnosisJson(diagnosis: Diagnosis): unknown {
    const inWords = (key: string, value: unknown): unknown => {
        // The fix of a finding appears as commands.
        if (key === "steps") return undefined;
        return key === "decidedBy" ? describeDecidedBy(value as SamplingReport["decidedBy"]) : value;
    };
    const fields = Object.entries<unknown>({ ...diagnosis }).map(([name, value]) => [
        PUBLISHED[name as keyof Diagnosis] ?? name,
        value,
    ]);
    return JSON.parse(JSON.stringify(Object.fromEntries(fields), inWords));
}
