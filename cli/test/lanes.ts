import { availableParallelism, freemem } from "node:os";
import { readFileSync } from "node:fs";
import { UserError } from "../../shared/terminal/errors";

/** What a lab under test needs at most, its builds left out. */
const GIB_FOR_LAB = 5;

/** What decides how many labs a machine carries. */
export interface MachineSize {
    processors: number;
    availableGiB: number;
}

/**
 * How many labs run side by side: two where the machine carries them.
 *
 * @param wanted LABS of the environment.
 * @throws UserError when it is neither 1 nor 2.
 */
export function laneCount({ processors, availableGiB }: MachineSize, wanted: string | undefined): number {
    if (wanted === "1" || wanted === "2") return Number(wanted);
    if (wanted !== undefined) throw new UserError(`LABS: expected 1 or 2, got ${JSON.stringify(wanted)}`, 2);
    return processors >= 2 && availableGiB >= 2 * GIB_FOR_LAB ? 2 : 1;
}

/** This machine, as it is now. */
export function machineSize(): MachineSize {
    const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    const bytes = available === undefined ? freemem() : Number(available) * 1024;
    return { processors: availableParallelism(), availableGiB: bytes / 1024 ** 3 };
}
