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

/** The exit code that shells use for a command that Ctrl-C ended. */
const interruptedExitCode = 130;

/** Time limit for an API server that was healthy before. If it takes longer, the lab is recreated. */
const PATIENCE_WITH_FOUND_SECONDS = 60;

export interface UpOptions {
    identity: LabIdentity;
    artifacts: Artifacts;
    cacheDir: string;
    snapshotter: Snapshotter;
    report: Report;
}

/** Returns the lab that is up, or recreates it from any state. The caller holds the lab's lock. */
export async function up(options: UpOptions): Promise<Cluster> {
    const { identity, artifacts, report } = options;
    const found = await usableCluster(identity, artifacts, report);
    if (typeof found !== "string") return found;
    const removed = await removeLab(identity);
    if (removed.length > 0) report(`recreating the lab, because ${found}; removed ${removed.length} remains of it`);
    return makeCluster(options);
}

/** The lab that is up with exactly these artifacts, or the reason why there is none. */
async function usableCluster(
    { name: labName, families }: LabIdentity,
    artifacts: Artifacts,
    report: Report,
): Promise<Cluster | string> {
    const holder = findHolder(labName);
    if (holder === undefined) return "an earlier run left remains behind";
    const cluster = readRecord(holder);
    if (cluster === undefined) return "an earlier `up` ended before it was complete";
    if (JSON.stringify(cluster.artifacts) !== JSON.stringify(artifacts))
        return "it was created from other programs or images";
    if (JSON.stringify(cluster.identity.families) !== JSON.stringify(families))
        return `its addresses are not of ${families.join(" and ")}`;
    if (findForwards(labName).length === 0) startForwards(holder, cluster.identity, join(artifacts.binDir, "labnode"));
    const api = new ApiClient(cluster.kubeconfig);
    const waiting = { identity: cluster.identity, report };
    try {
        // A program that has just ended is being restarted.
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
    // Ends waits for requests in progress.
    abort.signal.addEventListener("abort", () => context.api?.close());
    const stopReport = reportEndings(identity.stateDir, report);
    try {
        const timings = await runPlan(steps, abort, report).finally(stopReport);
        timings.push({ name: "cluster Ready", milliseconds: performance.now() - started });
        if (context.holder === undefined) throw new Error("expected a process 1 of the lab, got none");
        return writeRecord(context.holder, identity, artifacts, timings);
    } catch (error) {
        await undoPlan(steps.filter(({ name }) => name !== "state folder"));
        keepOnlyLogs(identity.stateDir);
        if (!(error instanceof UserError) && !interrupted) throw error;
        const message = interrupted || !(error instanceof Error) ? "interrupted" : error.message;
        const logs = `The lab was taken down; its logs stay in ${join(identity.stateDir, "logs")}`;
        // The last lines of a program's log are on separate lines.
        // oxlint-disable-next-line project/no-decision-on-words -- Only the layout depends on the text.
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
