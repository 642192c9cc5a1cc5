import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabIdentity } from "../identity";
import type { ObjectList } from "./api";
import { ApiClient } from "./api";
import { cgroupMounts } from "./cgroups";
import { findForwards } from "./forwards";
import { findHolder } from "./holder";
import type { Holder } from "./holder";
import { listProcesses } from "./processes";
import { describeRestarts, whyNotRunning } from "./programReport";
import { readRecord } from "./record";
import type { Cluster } from "./record";
import { nodePrograms, readStatus } from "./supervisor";

export interface PodStatus {
    namespace: string;
    name: string;
    /** `Running`, or the reason: `ImagePullBackOff`, `Pending` and others. */
    state: string;
    ready: boolean;
}

export interface ClusterStatus {
    state: "down" | "up" | "broken";
    /** For a broken lab, the problems and their logs. For a lab that is down, what was left behind. */
    problems: string[];
    /** Restarted programs of the node, with the reasons. */
    restarts: string[];
    /** The number of restarts. */
    restartCount: number;
    pods: PodStatus[];
    /** Memory of all processes of the lab. Shared memory is counted once. */
    memoryMiB: number;
    cluster?: Cluster;
}

interface Pod {
    metadata: { namespace: string; name: string };
    status: {
        phase: string;
        conditions?: { type: string; status: string }[];
        containerStatuses?: { state: { waiting?: { reason?: string } } }[];
    };
}

const nothing = { restarts: [], restartCount: 0, pods: [], memoryMiB: 0 };

/** The current status of a lab. Changes nothing. */
export async function labStatus(identity: LabIdentity): Promise<ClusterStatus> {
    const holder = findHolder(identity.name);
    if (holder === undefined) return { state: "down", problems: leftovers(identity), ...nothing };
    const cluster = readRecord(holder);
    const { stateDir } = holder;
    const problems = nodePrograms.flatMap((program) => whyNotRunning(stateDir, program) ?? []);
    if (cluster === undefined) problems.unshift("`up` is not complete or was killed; run `npm run lab -- up`");
    if (findForwards(identity.name).length === 0) {
        problems.push("the forwards from the host's loopback do not run; start them with `npm run lab -- up`");
    }
    const pods = cluster === undefined ? [] : await listPods(cluster, problems);
    return {
        state: problems.length === 0 ? "up" : "broken",
        problems,
        restarts: describeRestarts(stateDir),
        restartCount: nodePrograms.reduce((sum, program) => sum + (readStatus(stateDir, program)?.endCount ?? 0), 0),
        pods,
        memoryMiB: memoryMiB(holder),
        cluster,
    };
}

async function listPods(cluster: Cluster, problems: string[]): Promise<PodStatus[]> {
    const api = new ApiClient(cluster.kubeconfig);
    try {
        const { items } = await api.get<ObjectList<Pod>>("/api/v1/pods");
        return items.map(({ metadata, status }) => {
            const waiting = status.containerStatuses?.map(({ state }) => state.waiting?.reason).find(Boolean);
            const ready = status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True");
            return { ...metadata, state: waiting ?? status.phase, ready: ready ?? false };
        });
    } catch (error) {
        problems.push(`the API server does not answer: ${error instanceof Error ? error.message : String(error)}`);
        return [];
    } finally {
        api.close();
    }
}

function leftovers(identity: LabIdentity): string[] {
    const paths = [identity.stateDir, ...cgroupMounts().map(({ path }) => join(path, identity.name))];
    return paths.filter((path) => existsSync(path)).map((path) => `left behind: ${path}`);
}

function memoryMiB(holder: Holder): number {
    const all = new Map(listProcesses().map((info) => [info.pid, info]));
    const belongs = (pid: number): boolean => {
        if (pid === holder.process.pid) return true;
        const parent = all.get(pid)?.parent;
        return parent !== undefined && parent !== 0 && belongs(parent);
    };
    const pids = [...all.keys()].filter(belongs);
    return Math.round(pids.reduce((sum, pid) => sum + proportionalKiB(pid), 0) / 1024);
}

function proportionalKiB(pid: number): number {
    try {
        return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
        return 0;
    }
}
