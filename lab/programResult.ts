import type { EngineResult } from "./engine";
import type { Pulumi } from "./pulumi/artifacts";

/** The result of a run of the program. */
export interface ProgramResult {
    /** The CLI that ran it; undefined for the embedded engine. */
    pulumi: Pulumi | undefined;
    outputs: Record<string, unknown>;
    durationMs: number;
    /** The completed or planned operation on each resource. */
    steps: EngineResult["steps"];
    /** Counts by operation. */
    summary: EngineResult["summary"];
    lastRegistrationMs?: number;
    /** Why it failed. */
    failed?: string;
}
