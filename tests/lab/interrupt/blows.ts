import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { listProcesses } from "../../../lab/cluster/processes";
import { command, type Running } from "../support/command";
import { eventually } from "../support/sharedLab";

/** Who is hit, and by what. */
export type Blow = "SIGKILL to all" | "SIGINT to all" | "SIGKILL to the engine" | "SIGKILL to helm";

/** Process numbers of every helm that works on this lab. */
function helms(lab: Cluster, release?: string): number[] {
    return listProcesses()
        .filter(({ argv }) => argv[0]?.endsWith("/helm") && argv.includes(lab.kubeconfig))
        .filter(({ argv }) => release === undefined || argv.includes(release))
        .map(({ pid }) => pid);
}

/** Numbers of the running command's processes, helm's left out. */
function engines({ child }: Running, lab: Cluster): number[] {
    const all = listProcesses();
    const found = [child.pid ?? 0];
    for (const pid of found) found.push(...all.filter((one) => one.parent === pid).map((one) => one.pid));
    return found.filter((pid) => !helms(lab).includes(pid));
}

function kill(pid: number, signal: NodeJS.Signals): void {
    try {
        process.kill(pid, signal);
    } catch {
        // It ended by itself in between.
    }
}

/**
 * Hits a running command once, and waits until it and every helm of it has ended.
 *
 * @param wait Milliseconds until then; for helm, from the moment when one works on istiod.
 */
export async function strike(running: Running, lab: Cluster, blow: Blow, wait: number): Promise<string> {
    if (blow === "SIGKILL to helm") {
        while (running.child.exitCode === null && helms(lab, "istiod").length === 0)
            await new Promise((done) => setTimeout(done, 20));
    }
    await new Promise((done) => setTimeout(done, wait));
    if (blow === "SIGKILL to helm") for (const pid of helms(lab)) kill(pid, "SIGKILL");
    else if (blow === "SIGKILL to the engine") for (const pid of engines(running, lab)) kill(pid, "SIGKILL");
    else kill(-(running.child.pid ?? 0), blow === "SIGINT to all" ? "SIGINT" : "SIGKILL");
    const { output } = await running.ended;
    await eventually(120, () => Promise.resolve(helms(lab).length === 0 ? true : "an orphaned helm is still at work"));
    return output;
}

/** Repeats an operation after an interruption, as docs/operations.md tells a user to; says what was needed. */
export async function goOn(operation: "up" | "destroy", settings: string[]): Promise<string> {
    const run = (name: string) => command("lab", "pulumi", name, "--stack", "ci", ...settings);
    const first = await run(operation);
    if (first.code === 0) return operation;
    const repair = (...more: string[]) => command("lab", "repair", "--stack", "ci", "--yes", "--abandoned", ...more);
    const mended = await repair();
    let done = "repair";
    const forget = /--forget (\S+)/.exec(mended.output)?.[1];
    if (forget !== undefined) {
        await repair("--forget", forget);
        await run("refresh");
        done = "repair --forget, refresh";
    }
    let second = await run(operation);
    if (second.code !== 0) {
        await run("refresh");
        done = `${done}, refresh`;
        second = await run(operation);
    }
    assert.equal(second.code, 0, `${first.output}\n${mended.output}\n${second.output}`);
    return `${done}, ${operation}`;
}
