import type { EngineResult } from "./engine";
import type { Pulumi } from "./pulumi/artifacts";

/** How a run of the program ended. */
export interface ProgramResult {
    /** The CLI that ran it; undefined for the embedded engine. */
    pulumi: Pulumi | undefined;
    outputs: Record<string, unknown>;
    durationMs: number;
    /** What was, or would be, done with each resource. */
    steps: EngineResult["steps"];
    /** Counts by operation. */
    summary: EngineResult["summary"];
    lastRegistrationMs?: number;
    /** Why it failed. */
    failed?: string;
}
