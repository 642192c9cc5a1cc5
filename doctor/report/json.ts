import type { Diagnosis } from "../diagnose";

/** The diagnosis for programs, with everything that was read. */
export function formatJson(diagnosis: Diagnosis): string {
    return JSON.stringify(diagnosis, undefined, 2);
}
