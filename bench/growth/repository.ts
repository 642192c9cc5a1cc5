import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { medianOf, setGoal } from "../mesh/numbers";
import { OURS, type BenchContext, type SectionResult } from "../section";
import { renderRepository } from "./manifests";
import { assertExit, describeUsage, recordUsage } from "./record";
import { measureCommand } from "./tree";

/** Objects in the checked file. */
export const OBJECTS = [100, 1000, 10_000];
const MOST = 10_000;
const LIMIT_SECONDS = 60;
const LIMITS = { cpuSeconds: 3, memoryMiB: 400 };

const CPU_GOAL = `policy over ${String(MOST)} objects in ${String(LIMITS.cpuSeconds)} CPU seconds`;
const MEMORY_GOAL = `policy over ${String(MOST)} objects in ${String(LIMITS.memoryMiB)} MB`;

/** The policy pack over a file of manifests. */
export async function measurePolicy(objects: number, context: BenchContext, result: SectionResult): Promise<boolean> {
    const file = join(context.scratch, `objects-${String(objects)}.yaml`);
    writeFileSync(file, renderRepository(objects));
    const usage = await measureCommand(["policy", file, "--json"], LIMIT_SECONDS, context.signal);
    context.say(`policy over ${String(objects)} objects: ${describeUsage(usage)}`);
    assertExit(usage, 0, 1);
    recordUsage(result, "policy", { objects }, usage);
    if (objects < MOST) return usage.finished;
    const about = { subject: OURS, conditions: { objects } };
    const note = {
        note: `Not finished in ${String(LIMIT_SECONDS)} s, when it was ended; the value is what it had used.`,
    };
    const measured = (metric: string, unit: string, got: number): number =>
        usage.finished ? medianOf(result, { metric, unit, ...about }) : got;
    setGoal(result, {
        text: CPU_GOAL,
        value: measured("policy, CPU", "CPU s", usage.cpuSeconds),
        limit: { atMost: LIMITS.cpuSeconds },
        unit: "CPU s",
        ...(!usage.finished && note),
    });
    setGoal(result, {
        text: MEMORY_GOAL,
        value: measured("policy, memory", "MiB", usage.peakMiB),
        limit: { atMost: LIMITS.memoryMiB },
        unit: "MiB",
        ...(!usage.finished && note),
    });
    return usage.finished;
}
