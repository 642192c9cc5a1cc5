import type { Diagnosis } from "../diagnose";
import type { SamplingReport } from "../analyzers/sampling/report";
import { describeDecidedBy } from "./decision";

/** Names of fields in the JSON, which other programs read, where they differ from those of {@link Diagnosis}. */
const PUBLISHED: Partial<Record<keyof Diagnosis, string>> = { inventory: "survey" };

/** The diagnosis for programs, with everything that was read; who decided a rate stands in words. */
export function formatJson(diagnosis: Diagnosis): string {
    const inWords = (key: string, value: unknown): unknown => {
        // What mends a finding stands there as commands.
        if (key === "steps") return undefined;
        return key === "decidedBy" ? describeDecidedBy(value as SamplingReport["decidedBy"]) : value;
    };
    const fields = Object.entries<unknown>({ ...diagnosis }).map(([name, value]) => [
        PUBLISHED[name as keyof Diagnosis] ?? name,
        value,
    ]);
    return JSON.stringify(Object.fromEntries(fields), inWords, 2);
}
