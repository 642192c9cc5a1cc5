import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Cluster } from "../../lab/cluster";
import { ApiClient } from "../../lab/cluster/api";

/** The fields of a pod that the benchmark reads. */
export interface Pod {
    metadata: {
        name: string;
        namespace: string;
        uid: string;
        deletionTimestamp?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
    };
    spec: Record<string, unknown>;
    status: { phase: string; podIP?: string; conditions?: { type: string; status: string }[] };
}

/** Polls every 200 ms until there is a result; a string is the reason why there is none yet. */
export async function until<T>(
    limitSeconds: number,
    signal: AbortSignal,
    ask: () => T | string | Promise<T | string>,
): Promise<T> {
    const end = performance.now() + limitSeconds * 1000;
    for (;;) {
        signal.throwIfAborted();
        const answer = await ask();
        if (typeof answer !== "string") return answer;
        if (performance.now() > end) throw new Error(`not within ${String(limitSeconds)} s: ${answer}`);
        await pause(0.2);
    }
}

/** Waits. */
export function pause(seconds: number): Promise<void> {
    return setTimeout(seconds * 1000);
}

/** Passes a client of the lab's API server to a function, then closes it. */
export async function withApi<T>(lab: Cluster, use: (api: ApiClient) => Promise<T>): Promise<T> {
    const api = new ApiClient(lab.kubeconfig);
    try {
        return await use(api);
    } finally {
        api.close();
    }
}

/** Sends a body. Throws for any rejection, with the server's message. */
export async function send(api: ApiClient, method: string, path: string, body?: object): Promise<string> {
    const options = {
        type: method === "PATCH" ? "application/merge-patch+json" : "application/json",
        timeoutSeconds: 120,
    };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await api.send(method, path, text, options);
    if (answer.status >= 300)
        throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    return answer.text;
}

/** Calls a function for each item, some in parallel. Starts nothing new after the signal. */
export async function forEach<T>(
    items: T[],
    atOnce: number,
    signal: AbortSignal,
    work: (item: T) => Promise<unknown>,
): Promise<void> {
    const rest = items.values();
    const worker = async (): Promise<void> => {
        for (const item of rest) {
            signal.throwIfAborted();
            await work(item);
        }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Pods of a namespace that are not being deleted, by a label selector. */
export async function podsOf(api: ApiClient, namespace: string, selector: string): Promise<Pod[]> {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
    const { items } = await api.get<{ items: Pod[] }>(path);
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** The only ready pod of a workload, after all others are gone. */
export async function onlyReadyPod(api: ApiClient, namespace: string, app: string, signal: AbortSignal): Promise<Pod> {
    return until(90, signal, async () => {
        const [pod, ...more] = await podsOf(api, namespace, `app=${app}`);
        if (pod === undefined || more.length > 0) return `${String(more.length)} pods too many of ${namespace}/${app}`;
        const ready = pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
        return ready === true ? pod : `${namespace}/${app} is not ready`;
    });
}

/** Output of the lab's kubectl. */
export async function kubectl(lab: Cluster, ...args: string[]): Promise<string> {
    const child = spawn(join(lab.artifacts.binDir, "kubectl"), args, {
        env: { ...process.env, KUBECONFIG: lab.kubeconfig },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    if (code !== 0) throw new Error(`kubectl ${args.slice(0, 4).join(" ")}: ${errors.trim().slice(0, 300)}`);
    return output;
}
