import * as path from "node:path";
import { cacheDirectory } from "./cache";
import { ensureGoPart } from "./golang";
import { GO_PARTS } from "./goParts";
import type { Report } from "./report";

const PROGRAM = "jaeger";

/** Path of Jaeger's program, for use without a cluster; from the cache, or built into it first. */
export async function ensureJaegerProgram(report: Report, cacheDir: string = cacheDirectory()): Promise<string> {
    const part = GO_PARTS.find(({ name }) => name === PROGRAM);
    if (part === undefined) throw new Error(`no part in lab/images/goParts.ts builds ${PROGRAM}`);
    return path.join(await ensureGoPart(report, cacheDir, part), PROGRAM);
}
