import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";

/** Share of the machine's time that must be idle. */
const IDLE_SHARE = 0.85;
const LOOK_MS = 1000;

/** Waits until the machine is idle or the limit ends, because the work of a new lab would count otherwise. */
export async function untilQuiet(signal: AbortSignal, limitSeconds = 15): Promise<void> {
    const end = performance.now() + limitSeconds * 1000;
    for (let before = cpuTimes(); performance.now() < end && !signal.aborted;) {
        await setTimeout(LOOK_MS);
        const now = cpuTimes();
        if ((now.idle - before.idle) / (now.all - before.all) >= IDLE_SHARE) return;
        before = now;
    }
}

function cpuTimes(): { idle: number; all: number } {
    const times = cpus().map(({ times: one }) => one);
    return {
        idle: times.reduce((sum, { idle }) => sum + idle, 0),
        all: times.reduce((sum, one) => sum + Object.values(one).reduce((left, right) => left + right, 0), 0),
    };
}
