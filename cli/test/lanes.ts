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

/** The choice of the environment variable LABS where it is not set. */
const DEFAULT = "auto";

/**
 * How many labs run side by side.
 *
 * @param wanted LABS of the environment: 1, 2, or `auto` for two where the machine carries them.
 * @throws UserError when it is something else.
 */
export function labCount({ processors, availableGiB }: MachineSize, wanted = DEFAULT): number {
    if (wanted === "1" || wanted === "2") return Number(wanted);
    if (wanted !== "auto") throw new UserError(`LABS: expected 1, 2 or auto, got ${JSON.stringify(wanted)}`, 2);
    return processors >= 2 && availableGiB >= 2 * GIB_FOR_LAB ? 2 : 1;
}

/** This machine, as it is now. */
export function machineSize(): MachineSize {
    const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    const bytes = available === undefined ? freemem() : Number(available) * 1024;
    return { processors: availableParallelism(), availableGiB: bytes / 1024 ** 3 };
}
