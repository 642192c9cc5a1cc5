import type { Diagnosis } from "../diagnose";
import type { SamplingReport } from "../sampling";
import { describeDecidedBy } from "./decision";

/** The diagnosis for programs, with everything that was read; who decided a rate stands in words. */
export function formatJson(diagnosis: Diagnosis): string {
    const inWords = (key: string, value: unknown): unknown => {
        // What mends a finding stands there as commands.
        if (key === "steps") return undefined;
        return key === "decidedBy" ? describeDecidedBy(value as SamplingReport["decidedBy"]) : value;
    };
    return JSON.stringify(diagnosis, inWords, 2);
}
