import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LabIdentity } from "../identity";
import { endCompletely, endProcesses, isLabnode, listProcesses, namespaceOf } from "./processes";
import type { ProcessInfo } from "./processes";
import { programsFolder } from "./supervisor";
import { waitFor } from "./wait";

// The holder is process 1 of the lab's PID namespace, in the lab's mount and network namespaces. It runs the node's
// programs, and reaps processes. When it ends, the kernel ends every process of the lab, its mounts and its network.

const stateVariable = "ISTIO_TRACING_LAB_STATE";

/** A running lab, from /proc, so that a lab can be found again even if its `up` was killed. */
export interface Holder {
    /** Process 1 of the lab, with its number on the host. */
    process: ProcessInfo;
    /** State folder of the running lab. */
    stateDir: string;
}

/** Starts the namespaces of a lab and the process that keeps them alive. */
export async function startHolder(identity: LabIdentity, labnode: string, signal?: AbortSignal): Promise<Holder> {
    const log = join(identity.stateDir, "logs", "holder.log");
    const namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    // "slave": later unmounts on the host also apply in the lab, but not the other way round.
    const programs = programsFolder(identity.stateDir);
    mkdirSync(programs, { recursive: true, mode: 0o700 });
    const init = [labnode, "init", "--lab", identity.name, "--programs", programs];
    const argv = [...namespaces, "--propagation", "slave", ...init];
    const child = spawnDetached("unshare", argv, log, { ...process.env, [stateVariable]: identity.stateDir });
    child.unref();
    let holder: Holder | undefined;
    await waitFor(
        "the lab's namespaces",
        () => {
            holder ??= findHolder(identity.name);
            if (holder === undefined) return "process 1 of the lab does not exist yet";
            return existsSync(join(programs, "ready")) ? undefined : "process 1 of the lab is starting";
        },
        { intervalMilliseconds: 10, log, hopeless: () => whyEnded(child, log), signal },
    );
    return holder as unknown as Holder;
}

/** How a detached process ended; `undefined` if it runs. */
export function whyEnded({ exitCode, signalCode, spawnfile }: ChildProcess, log: string): string | undefined {
    if (exitCode === null && signalCode === null) return undefined;
    const how = signalCode === null ? `with exit code ${exitCode ?? "unknown"}` : `by ${signalCode}`;
    return `${basename(spawnfile)} ended ${how}; see ${log}`;
}

/** Finds the lab's process 1 by its command line. */
export function findHolder(labName: string): Holder | undefined {
    const found = listProcesses().find(
        // The unshare that started it has the same arguments after its own, but is not in the namespace.
        (info) => info.innerPid === 1 && info.pid !== 1 && isLabnode(info.argv.slice(0, 4), "init", labName),
    );
    return found && { process: found, stateDir: stateDirOf(found.pid) };
}

function stateDirOf(pid: number): string {
    try {
        const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        return variables.find((line) => line.startsWith(`${stateVariable}=`))?.slice(stateVariable.length + 1) ?? "";
    } catch {
        return "";
    }
}

/** The processes of the node itself. Those of pods are in their own PID namespaces. */
export function nodeProcesses(holder: Holder): ProcessInfo[] {
    const namespace = namespaceOf(holder.process.pid, "pid");
    return listProcesses().filter(({ pid }) => namespaceOf(pid, "pid") === namespace);
}

/**
 * Ends the holder, everything in its namespaces, and other remains of a killed `up` under the lab's name.
 *
 * Pods have namespaces below the lab's. The kernel ends them with the holder, which ends only after them.
 */
export async function endHolder(labName: string): Promise<number> {
    const starters = listProcesses().filter(({ argv }) => isLabnode(argv, "init", labName));
    const ours = new Set(namespacesOf(process.pid));
    const namespaces = new Set(starters.flatMap(({ pid }) => namespacesOf(pid)).filter((each) => !ours.has(each)));
    // Processes of `exec` are only in the lab's network, and would keep it alive.
    const members = listProcesses().filter(({ pid }) => namespacesOf(pid).some((each) => namespaces.has(each)));
    const known = new Set(members.map(({ pid }) => pid));
    const all = [...members, ...starters.filter(({ pid }) => !known.has(pid))];
    // First process 1, because the unshare that started it ends with it.
    for (const member of all.filter(({ innerPid }) => innerPid === 1)) await endCompletely(member);
    await endProcesses(all);
    return all.length;
}

function namespacesOf(pid: number): string[] {
    return (["net", "mnt", "pid"] as const).map((kind) => namespaceOf(pid, kind)).filter((each) => each !== undefined);
}

/** Starts a process in its own session, so that neither the end of this process nor Ctrl-C reaches it. */
export function spawnDetached(command: string, args: string[], log: string, env: NodeJS.ProcessEnv): ChildProcess {
    mkdirSync(dirname(log), { recursive: true });
    const output = openSync(log, "a", 0o600);
    const child = spawn(command, args, { detached: true, stdio: ["ignore", output, output], env });
    closeSync(output);
    return child;
}
