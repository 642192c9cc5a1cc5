import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../shared/terminal/errors";
import type { Artifacts, Report } from "../images";
import type { LabIdentity } from "../identity";
import type { Snapshotter } from "./agents";
import { ApiClient } from "./api";
import { findForwards, startForwards, withFreePorts } from "./forwards";
import { findHolder } from "./holder";
import { runPlan, undoPlan } from "./plan";
import { reportEndings } from "./programReport";
import { waitForApi, waitForProgram } from "./readiness";
import { type Cluster, readRecord, writeRecord } from "./record";
import { clusterSteps, removeLab, type StepContext } from "./steps";
import { nodePrograms } from "./supervisor";

/** As a shell has it for a command that Ctrl-C ended. */
const interruptedExitCode = 130;

/** Limit of the wait for an API server that was healthy before. One that takes longer is stuck, and is made anew. */
const PATIENCE_WITH_FOUND_SECONDS = 60;

export interface UpOptions {
    identity: LabIdentity;
    artifacts: Artifacts;
    cacheDir: string;
    snapshotter: Snapshotter;
    report: Report;
}

/** Finds the lab up, or makes it anew out of whatever is there. The caller holds the lab's lock. */
export async function up(options: UpOptions): Promise<Cluster> {
    const { identity, artifacts, report } = options;
    const found = await usableCluster(identity.name, artifacts, report);
    if (typeof found !== "string") return found;
    const removed = await removeLab(identity);
    if (removed.length > 0) report(`made anew, since ${found}; removed ${removed.length} remains of it`);
    return makeCluster(options);
}

/** The lab that is up with these very artifacts, or why there is none. */
async function usableCluster(labName: string, artifacts: Artifacts, report: Report): Promise<Cluster | string> {
    const holder = findHolder(labName);
    if (holder === undefined) return "an earlier run left things behind";
    const cluster = readRecord(holder);
    if (cluster === undefined) return "an earlier `up` ended before it was done";
    if (JSON.stringify(cluster.artifacts) !== JSON.stringify(artifacts))
        return "it was made from other programs or images";
    if (findForwards(labName).length === 0) startForwards(holder, cluster.identity, join(artifacts.binDir, "labnode"));
    const api = new ApiClient(cluster.kubeconfig);
    const waiting = { identity: cluster.identity, report };
    try {
        // One that has just ended is being started again.
        await Promise.all(nodePrograms.map((program) => waitForProgram(program, waiting)));
        await waitForApi(api, { ...waiting, timeoutSeconds: PATIENCE_WITH_FOUND_SECONDS });
        return cluster;
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    } finally {
        api.close();
    }
}

async function makeCluster(options: UpOptions): Promise<Cluster> {
    const { artifacts, report } = options;
    const started = performance.now();
    const identity = await withFreePorts(options.identity);
    const abort = new AbortController();
    const context: StepContext = { ...options, identity, signal: abort.signal };
    const steps = clusterSteps(context);
    let interrupted = false as boolean;
    const interrupt = (): void => {
        interrupted = true;
        abort.abort();
    };
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    // What is being asked for then is waited for no longer.
    abort.signal.addEventListener("abort", () => context.api?.close());
    const stopReport = reportEndings(identity.stateDir, report);
    try {
        const timings = await runPlan(steps, abort, report).finally(stopReport);
        timings.push({ name: "cluster Ready", milliseconds: performance.now() - started });
        if (context.holder === undefined) throw new Error("the lab has no process 1");
        return writeRecord(context.holder, identity, artifacts, timings);
    } catch (error) {
        await undoPlan(steps.filter(({ name }) => name !== "state folder"));
        keepOnlyLogs(identity.stateDir);
        if (!(error instanceof UserError) && !interrupted) throw error;
        const message = interrupted || !(error instanceof Error) ? "interrupted" : error.message;
        const logs = `The lab was taken down; its logs stay in ${join(identity.stateDir, "logs")}`;
        // The last lines of a program's log stand below each other.
        // eslint-disable-next-line no-restricted-syntax -- Layout: nothing is decided by the words.
        const separator = message.includes("\n") ? "\n" : ". ";
        throw new UserError(`${message}${separator}${logs}`, interrupted ? interruptedExitCode : 1);
    } finally {
        context.api?.close();
        process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    }
}

function keepOnlyLogs(stateDir: string): void {
    for (const entry of readdirSync(stateDir).filter((name) => name !== "logs")) {
        rmSync(join(stateDir, entry), { recursive: true, force: true });
    }
}
