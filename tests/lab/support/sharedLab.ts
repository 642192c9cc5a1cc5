import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { downCluster, upCluster, type Cluster } from "../../../lab/cluster";
import type { EngineEvent, Operation } from "../../../lab/engine";
import { runProgram } from "../../../lab/program";
import { type ProgramResult } from "../../../lab/programResult";
import { choiceOfEnvironment, choosePulumi, type PulumiChoice } from "../../../lab/pulumi";
import { NoAnswerError } from "../../../shared/jaeger/client";
import { command } from "./command";

let cluster: Promise<Cluster> | undefined;
let installed: Promise<Cluster> | undefined;
/** Tests since a file last asked for the lab, and whether anything went wrong meanwhile. */
const since = { passed: 0, trouble: false };

/** To be told how each test ended: what a broken file leaves behind is mended before the next one uses the lab. */
export function noteTest(passed: boolean): void {
    if (passed) since.passed++;
    else since.trouble = true;
}

/** The one lab of the whole suite; the first test that asks brings it up, also over a stale or broken one. */
export function sharedLab(): Promise<Cluster> {
    distrust();
    cluster ??= upCluster(() => undefined);
    return cluster;
}

/** The lab with the stack `ci` installed. */
export async function labWithProgram(): Promise<Cluster> {
    const lab = await sharedLab();
    installed ??= install(lab);
    return installed;
}

/** The lab with the stack `ci` and further settings; {@link restore} puts it back for the next file. */
export async function labWith(settings: Record<string, string>): Promise<Cluster> {
    const lab = await labWithProgram();
    assert.equal((await program(lab, "up", settings)).failed, undefined);
    return lab;
}

/** Gives the stack `ci` its own settings back. */
export async function restore(lab: Cluster): Promise<void> {
    assert.equal((await program(lab, "up")).failed, undefined);
}

/** Forgets what is believed of the lab after a failure, or when the last file failed before its first test. */
function distrust(): void {
    if (cluster !== undefined && (since.trouble || since.passed === 0)) {
        cluster = undefined;
        installed = undefined;
    }
    since.passed = 0;
    since.trouble = false;
}

/** Installs the stack, over whatever an earlier file left, and on a new lab where that does not help. */
async function install(lab: Cluster): Promise<Cluster> {
    const first = await program(lab, "up");
    if (first.failed === undefined) return lab;
    await command("lab", "repair", "--stack", "ci", "--yes", "--abandoned");
    if ((await program(lab, "up")).failed === undefined) return lab;
    await downCluster(() => undefined);
    cluster = upCluster(() => undefined);
    const fresh = await cluster;
    assert.equal((await program(fresh, "up")).failed, undefined, `on a new lab too; before: ${first.failed}`);
    return fresh;
}

/** To be called by a test that has destroyed the stack: the next one that needs it installs it anew. */
export function forgetProgram(): void {
    installed = undefined;
}

/**
 * Hands the stack `ci` over to the embedded engine, where a CLI has it.
 *
 * @returns what hands it back, installed.
 */
export async function useEmbeddedEngine(lab: Cluster): Promise<() => Promise<void>> {
    const byCli = (await choosePulumi(choiceOfEnvironment(), () => undefined)) !== undefined;
    return handOver(lab, "embedded", byCli);
}

/**
 * Hands the stack `ci` over to a Pulumi CLI, where the embedded engine has it; builds the CLI where there is none.
 *
 * @returns what hands it back, installed.
 */
export async function useRealPulumi(lab: Cluster): Promise<() => Promise<void>> {
    const byCli = (await choosePulumi(choiceOfEnvironment(), () => undefined)) !== undefined;
    return handOver(lab, "real", !byCli);
}

async function handOver(lab: Cluster, to: PulumiChoice, changes: boolean): Promise<() => Promise<void>> {
    const former = process.env["LAB_PULUMI"];
    const hand = async (choice: string | undefined): Promise<void> => {
        if (changes) assert.equal((await program(lab, "destroy")).failed, undefined);
        if (choice === undefined) delete process.env["LAB_PULUMI"];
        else process.env["LAB_PULUMI"] = choice;
        assert.equal((await program(lab, "up")).failed, undefined);
    };
    await hand(to);
    return () => hand(former);
}

/**
 * Removes the lab at the end of the suite, unless KEEP_LAB=1.
 *
 * @param inherited true when a process before this one may have brought it up. @default false
 */
export async function releaseLab(inherited = false): Promise<void> {
    if ((cluster === undefined && !inherited) || process.env["KEEP_LAB"] === "1") return;
    await downCluster(() => undefined);
}

/** Runs the program on the lab with the stack `ci` and further settings. */
export async function program(
    lab: Cluster,
    operation: Operation,
    overrides: Record<string, string> = {},
    events: EngineEvent[] = [],
): Promise<ProgramResult> {
    const result = await runProgram({
        operation,
        stack: "ci",
        cluster: lab,
        overrides,
        report: (event) => events.push(event),
    });
    if (result.failed !== undefined) since.trouble = true;
    return result;
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

/**
 * UIDs of the demo's pods by workload, once every rollout has ended: the real provider sometimes says so a little early.
 */
export function podUids(lab: Cluster): Record<string, string[]> {
    kubectl(lab, "rollout", "status", "deployment", "-n", "demo", "--timeout=60s");
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
        const answer = await ask().catch((error: unknown) => {
            // Jaeger may be slow for a moment beside much load, or just start; the next question may have its answer.
            if (error instanceof NoAnswerError) return error.message;
            const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
            if (code === "ECONNRESET" || code === "ECONNREFUSED") return `the connection failed: ${code}`;
            throw error;
        });
        if (typeof answer !== "string") return answer;
        if (performance.now() > end) assert.fail(`not within ${String(limitSeconds)} s: ${answer}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
