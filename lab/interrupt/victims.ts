import { basename } from "node:path";
import { listProcesses, type ProcessInfo } from "../cluster/processes";
import type { Victim } from "./blows";

const PROVIDER = "pulumi-resource-kubernetes";
const LANGUAGE_HOST = "pulumi-language-nodejs";

/** Kills a part of the run that this process has started; returns what was killed. */
export function killVictim(victim: Victim): string[] {
    const parts = partsOfRun();
    const hit = parts.filter((one) => victim === "all" || roleOf(one) === victim);
    for (const { pid } of hit) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It ended by itself meanwhile.
        }
    }
    return hit.map((one) => `${roleOf(one) ?? ""} ${String(one.pid)}`);
}

function partsOfRun(): ProcessInfo[] {
    const all = listProcesses();
    const found = all.filter(({ parent }) => parent === process.pid);
    for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
    return found.filter((one) => roleOf(one) !== undefined);
}

function roleOf({ argv }: ProcessInfo): Exclude<Victim, "all"> | undefined {
    const program = basename(argv[0] ?? "");
    if (program === "pulumi") return "cli";
    if (program === PROVIDER) return "provider";
    if (program === LANGUAGE_HOST) return "language host";
    return argv.some((arg) => arg.includes("@pulumi/pulumi/cmd/run")) ? "program" : undefined;
}
