import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Artifacts, Report } from "../images";
import type { LabIdentity } from "../identity";
import { containerdProgram, kubelet, kubeProxy, writeAgentConfigs } from "./agents";
import type { Snapshotter } from "./agents";
import { ApiClient } from "./api";
import { cniScript } from "./cniFolders";
import { createCgroups, removeCgroups } from "./cgroups";
import { apiServer, controllerManager, etcd, scheduler } from "./controlPlane";
import { createCredentials } from "./credentials";
import type { Credentials } from "./credentials";
import { endForwards, startForwards } from "./forwards";
import { endHolder, findHolder, startHolder, whyEnded } from "./holder";
import type { Holder } from "./holder";
import { copyImageStore, endCopying, ensureImageStore, imageNamed } from "./imageStore";
import { mountScript, networkScript, nodeEnvironment, runInNode } from "./node";
import { undoPlan } from "./plan";
import type { ClusterStep } from "./plan";
import { applyDns, waitForApi, waitForCluster, waitForProgram } from "./readiness";
import type { Waiting } from "./readiness";
import { logFile, startProgram } from "./supervisor";
import type { Program } from "./supervisor";

/** The data that the steps of one `up` share. The identity is enough to undo them. */
export interface StepContext {
    identity: LabIdentity;
    artifacts?: Artifacts;
    cacheDir?: string;
    snapshotter?: Snapshotter;
    report?: Report;
    signal?: AbortSignal;
    holder?: Holder;
    forward?: ChildProcess;
    credentials?: Credentials;
    configs?: Record<"containerd" | "kubelet" | "kubeProxy", string>;
    api?: ApiClient;
}

/** The steps of `up` and their undo. */
export function clusterSteps(context: StepContext): ClusterStep[] {
    const { identity } = context;
    const artifacts = (): Artifacts => need(context.artifacts);
    const credentials = (): Credentials => need(context.credentials);
    const api = (): ApiClient => (context.api ??= new ApiClient(credentials().kubeconfig));
    const labnode = (): string => join(artifacts().binDir, "labnode");
    const start = (program: Program): void => {
        startProgram(need(context.holder), program, nodeEnvironment(artifacts()));
    };
    const waiting: Waiting = { identity, signal: context.signal, report: context.report, hopeless: forwardsEnded };
    /** Process 1 starts it as soon as its dependencies are healthy. */
    const startAndWait = async (program: Program): Promise<void> => {
        start(program);
        await waitForProgram(program.program, waiting);
    };
    function forwardsEnded(): string | undefined {
        return context.forward && whyEnded(context.forward, logFile(identity, "forward"));
    }
    return [
        {
            name: "state folder",
            after: [],
            run: () => {
                mkdirSync(identity.stateDir, { recursive: true, mode: 0o700 });
                context.credentials = createCredentials(identity);
                const pause = imageNamed(artifacts(), "pause");
                const snapshotter = need(context.snapshotter);
                context.configs = writeAgentConfigs(identity, credentials(), snapshotter, pause);
            },
            undo: () => removeStateFolder(identity),
        },
        {
            name: "control groups",
            after: [],
            run: () => {
                createCgroups(identity.name);
            },
            undo: () => removeCgroups(identity.name),
        },
        {
            name: "namespaces",
            after: ["state folder"],
            run: async () => {
                context.holder = await startHolder(identity, labnode(), context.signal);
                const mounts = mountScript(identity.stateDir, [artifacts().binDir, artifacts().debian.root]);
                const plugins = cniScript(artifacts(), identity.stateDir);
                const script = [mounts, networkScript(identity), plugins].join("\n");
                await runInNode(context.holder, script, nodeEnvironment(artifacts()));
            },
            undo: async () => {
                const count = await endHolder(identity.name);
                return count === 0 ? [] : [`${count} processes of the node, its pods, mounts and network`];
            },
        },
        {
            name: "forwards",
            after: ["namespaces"],
            run: () => {
                context.forward = startForwards(need(context.holder), identity, labnode());
            },
            undo: () => endForwards(identity.name),
        },
        {
            name: "etcd",
            after: ["namespaces"],
            run: () => startAndWait(etcd(identity)),
        },
        {
            name: "API server",
            after: ["namespaces", "forwards"],
            run: async () => {
                start(apiServer(identity, credentials()));
                await waitForApi(api(), waiting);
            },
        },
        {
            name: "controller manager, scheduler and proxy",
            after: ["namespaces"],
            run: async () => {
                const proxy = kubeProxy(need(context.configs).kubeProxy);
                const programs = [controllerManager(identity, credentials()), scheduler(credentials()), proxy];
                await Promise.all(programs.map(startAndWait));
            },
        },
        {
            name: "images",
            after: ["state folder"],
            run: async () => {
                const snapshotter = need(context.snapshotter);
                const store = await ensureImageStore(
                    artifacts(),
                    need(context.cacheDir),
                    snapshotter,
                    need(context.report),
                );
                await copyImageStore(store, join(identity.stateDir, "containerd"));
            },
            undo: async () => {
                await endCopying(join(identity.stateDir, "containerd"));
                return [];
            },
        },
        {
            name: "containerd",
            after: ["namespaces", "images", "control groups"],
            run: () => startAndWait(containerdProgram(need(context.configs).containerd)),
        },
        {
            name: "kubelet",
            after: ["namespaces", "control groups"],
            run: () => startAndWait(kubelet(identity, credentials(), need(context.configs).kubelet)),
        },
        {
            name: "DNS",
            after: ["API server"],
            run: () => applyDns(imageNamed(artifacts(), "coredns"), api(), waiting),
        },
        {
            name: "node and DNS Ready",
            after: ["kubelet", "controller manager, scheduler and proxy", "DNS"],
            run: () => waitForCluster(api(), waiting),
        },
    ];
}

/** Removes everything of a lab in any state. Returns what it removed. */
export async function removeLab(identity: LabIdentity): Promise<string[]> {
    // It may have been started with another XDG_STATE_HOME.
    const stateDir = findHolder(identity.name)?.stateDir ?? identity.stateDir;
    const removed = await undoPlan(clusterSteps({ identity }));
    if (stateDir === "" || stateDir === identity.stateDir) return removed;
    return [...removed, ...(await removeStateFolder({ ...identity, stateDir }))];
}

async function removeStateFolder({ stateDir }: LabIdentity): Promise<string[]> {
    if (!existsSync(stateDir)) return [];
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
    // The parent folder may contain other labs.
    await rmdir(dirname(stateDir)).catch(() => undefined);
    return [stateDir];
}

function need<Value>(value: Value | undefined): Value {
    if (value === undefined)
        throw new Error("expected the steps of the lab to run in order, but a step ran before one that it needs");
    return value;
}
