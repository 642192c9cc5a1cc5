import { existsSync, mkdirSync } from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Artifacts, Report } from "../images";
import type { LabIdentity } from "../identity";
import { containerdProgram, kubelet, kubeProxy, writeAgentConfigs } from "./agents";
import type { Snapshotter } from "./agents";
import { ApiClient } from "./api";
import { createCgroups, removeCgroups } from "./cgroups";
import { apiServer, controllerManager, etcd, logFile, scheduler } from "./controlPlane";
import type { Program } from "./controlPlane";
import { corednsObjects } from "./coredns";
import { createCredentials } from "./credentials";
import type { Credentials } from "./credentials";
import { endForwards, startForwards } from "./forwards";
import { endHolder, findHolder, startHolder } from "./holder";
import type { Holder } from "./holder";
import { copyImageStore, endCopying, ensureImageStore, imageNamed } from "./imageStore";
import { mountScript, networkScript, nodeEnvironment, runInNode, startInNode } from "./node";
import { undoPlan } from "./plan";
import type { ClusterStep } from "./plan";
import { waitForApi, waitForCluster, waitForContainerd } from "./readiness";

/** What the steps of one `up` need and hand to each other; to undo them the identity is enough. */
export interface StepContext {
    identity: LabIdentity;
    artifacts?: Artifacts;
    cacheDir?: string;
    snapshotter?: Snapshotter;
    report?: Report;
    signal?: AbortSignal;
    holder?: Holder;
    credentials?: Credentials;
    configs?: Record<"containerd" | "kubelet" | "kubeProxy", string>;
    api?: ApiClient;
}

/** The long-running programs of the node. */
export const nodePrograms = [
    "etcd",
    "kube-apiserver",
    "containerd",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
];

/** What `up` does, and how each step is taken back. */
export function clusterSteps(context: StepContext): ClusterStep[] {
    const { identity } = context;
    const artifacts = (): Artifacts => need(context.artifacts);
    const credentials = (): Credentials => need(context.credentials);
    const api = (): ApiClient => (context.api ??= new ApiClient(credentials().kubeconfig));
    const labnode = (): string => join(artifacts().binDir, "labnode");
    const start = ({ program, args }: Program): Promise<void> => {
        const environment = nodeEnvironment(artifacts());
        return startInNode(need(context.holder), [program, ...args], environment, logFile(identity, program));
    };
    return [
        {
            name: "state folder",
            after: [],
            run: () => {
                mkdirSync(identity.stateDir, { recursive: true, mode: 0o700 });
                context.credentials = createCredentials(identity);
                const pause = imageNamed(artifacts(), "pause");
                const snapshotter = need(context.snapshotter);
                context.configs = writeAgentConfigs(identity, credentials(), artifacts(), snapshotter, pause);
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
                context.holder = await startHolder(identity, labnode());
                const mounts = mountScript(identity.stateDir, [artifacts().binDir, artifacts().debian.root]);
                const script = `${mounts}\n${networkScript(identity.nodeAddress)}`;
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
                startForwards(need(context.holder), identity, labnode());
            },
            undo: () => endForwards(identity.name),
        },
        {
            name: "API server listens",
            after: ["namespaces", "forwards"],
            run: async () => {
                await Promise.all([start(etcd(identity)), start(apiServer(identity, credentials()))]);
                await waitForApi(need(context.holder), identity, api(), "/version", context.signal);
            },
        },
        {
            name: "API server",
            after: ["API server listens"],
            run: async () => {
                await waitForApi(need(context.holder), identity, api(), "/readyz", context.signal);
            },
        },
        {
            // Its rights are a group's that needs no roles to be made first.
            name: "controller manager",
            after: ["API server listens"],
            run: () => start(controllerManager(credentials())),
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
            run: async () => {
                await start(containerdProgram(need(context.configs).containerd));
                await waitForContainerd(need(context.holder), identity, nodeEnvironment(artifacts()), context.signal);
            },
        },
        {
            name: "scheduler, proxy and DNS",
            after: ["API server"],
            run: async () => {
                const proxy = kubeProxy(need(context.configs).kubeProxy);
                await Promise.all([scheduler(credentials()), proxy].map(start));
                for (const { path, object } of corednsObjects(imageNamed(artifacts(), "coredns"))) {
                    await api().apply(path, object);
                }
            },
        },
        {
            name: "kubelet",
            after: ["API server listens", "containerd"],
            run: () => start(kubelet(identity, credentials(), need(context.configs).kubelet)),
        },
        {
            name: "node and DNS Ready",
            after: ["kubelet", "controller manager", "scheduler, proxy and DNS"],
            run: async () => {
                await waitForCluster(need(context.holder), identity, api(), context.signal);
            },
        },
    ];
}

/** Removes everything of a lab, whatever state it is in; answers what there was. */
export async function removeLab(identity: LabIdentity): Promise<string[]> {
    // It may have been brought up with another XDG_STATE_HOME than is set now.
    const stateDir = findHolder(identity.name)?.stateDir ?? identity.stateDir;
    const removed = await undoPlan(clusterSteps({ identity }));
    if (stateDir === "" || stateDir === identity.stateDir) return removed;
    return [...removed, ...(await removeStateFolder({ ...identity, stateDir }))];
}

async function removeStateFolder({ stateDir }: LabIdentity): Promise<string[]> {
    if (!existsSync(stateDir)) return [];
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
    // The folder around it may hold other labs.
    await rmdir(dirname(stateDir)).catch(() => undefined);
    return [stateDir];
}

function need<Value>(value: Value | undefined): Value {
    if (value === undefined) throw new Error("a step of the lab ran before the one that it needs");
    return value;
}
