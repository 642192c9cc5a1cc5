import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { downCluster, upCluster, type Cluster } from "../../lab/cluster";
import type { EngineEvent, Operation } from "../../lab/engine";
import { runProgram, type ProgramResult } from "../../lab/program";

let cluster: Promise<Cluster> | undefined;
let installed: Promise<Cluster> | undefined;

/** The one lab of the whole suite; the first test that asks brings it up, also over a stale one. */
export function sharedLab(): Promise<Cluster> {
    cluster ??= upCluster(() => undefined);
    return cluster;
}

/** The lab with the stack `ci` installed. */
export function labWithProgram(): Promise<Cluster> {
    installed ??= (async () => {
        const lab = await sharedLab();
        const result = await program(lab, "up");
        assert.equal(result.failed, undefined);
        return lab;
    })();
    return installed;
}

/** To be called by a test that has destroyed the stack: the next one that needs it installs it anew. */
export function forgetProgram(): void {
    installed = undefined;
}

/** Removes the lab at the end of the suite, unless KEEP_LAB=1. */
export async function releaseLab(): Promise<void> {
    if (cluster === undefined || process.env["KEEP_LAB"] === "1") return;
    await downCluster(() => undefined);
}

/** Runs the program on the lab with the stack `ci` and further settings. */
export async function program(
    lab: Cluster,
    operation: Operation,
    overrides: Record<string, string> = {},
    events: EngineEvent[] = [],
): Promise<ProgramResult> {
    return runProgram({
        operation,
        stack: "ci",
        cluster: lab,
        overrides,
        report: (event) => events.push(event),
    });
}

/** The output of kubectl against the lab; a failing command fails the test. */
export function kubectl(lab: Cluster, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(join(lab.artifacts.binDir, "kubectl"), args, {
        encoding: "utf8",
        env: { ...process.env, KUBECONFIG: lab.kubeconfig },
        maxBuffer: 64 * 1024 * 1024,
    });
    assert.equal(status, 0, `kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
}

/** UIDs of the demo's pods by workload. */
export function podUids(lab: Cluster): Record<string, string[]> {
    const listed = kubectl(
        lab,
        "get",
        "pods",
        "-n",
        "demo",
        "-o",
        'jsonpath={range .items[*]}{.metadata.labels.app} {.metadata.uid} {.metadata.deletionTimestamp}{"\\n"}{end}',
    );
    const uids: Record<string, string[]> = {};
    for (const line of listed.trim().split("\n")) {
        const [app = "", uid = "", deleted = ""] = line.split(" ");
        if (deleted === "") (uids[app] ??= []).push(uid);
    }
    return uids;
}

/** Asks again every 100 ms until there is an answer; fails after the limit with the last reason. */
export async function eventually<T>(limitSeconds: number, ask: () => Promise<T | string>): Promise<T> {
    const end = performance.now() + limitSeconds * 1000;
    for (;;) {
        const answer = await ask();
        if (typeof answer !== "string") return answer;
        if (performance.now() > end) assert.fail(`not within ${String(limitSeconds)} s: ${answer}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
