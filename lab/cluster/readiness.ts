import type { LabIdentity } from "../identity";
import type { ApiClient, ObjectList } from "./api";
import { containerdSocket } from "./agents";
import { logFile } from "./controlPlane";
import type { Holder } from "./holder";
import { missingPrograms, runInNode } from "./node";
import { waitFor } from "./wait";

interface Condition {
    type: string;
    status: string;
    message?: string;
}

interface Pod {
    metadata: { name: string };
    status: {
        phase: string;
        conditions?: Condition[];
        containerStatuses?: { state: { waiting?: { reason?: string; message?: string } } }[];
    };
}

interface WithConditions {
    status?: { conditions?: Condition[] };
}

/** Waits until the API server answers, with the roles and priorities that it makes itself. */
export async function waitForApi(
    holder: Holder,
    identity: LabIdentity,
    api: ApiClient,
    path: string,
    signal: AbortSignal | undefined,
): Promise<void> {
    const look = async (): Promise<string | undefined> => {
        const answer = await api.send("GET", path);
        return answer.status === 200 ? undefined : firstFailure(answer.text);
    };
    await waitFor("the API server", look, {
        timeoutSeconds: 60,
        log: logFile(identity, "kube-apiserver"),
        hopeless: () => deadProgram(holder, ["etcd", "kube-apiserver"]),
        signal,
    });
}

export async function waitForContainerd(
    holder: Holder,
    identity: LabIdentity,
    environment: NodeJS.ProcessEnv,
    signal: AbortSignal | undefined,
): Promise<void> {
    const look = async (): Promise<string | undefined> => {
        const answer = await runInNode(
            holder,
            `[ -S ${containerdSocket} ] && echo there || echo no socket`,
            environment,
        );
        return answer.trim() === "there" ? undefined : answer.trim();
    };
    await waitFor("containerd", look, {
        timeoutSeconds: 30,
        log: logFile(identity, "containerd"),
        hopeless: () => deadProgram(holder, ["containerd"]),
        signal,
    });
}

/** Waits until pods can be made and find each other: the node and DNS are Ready and service accounts are made. */
export async function waitForCluster(
    holder: Holder,
    identity: LabIdentity,
    api: ApiClient,
    signal: AbortSignal | undefined,
): Promise<void> {
    const options = (log: string, programs: string[]): Parameters<typeof waitFor>[2] => ({
        timeoutSeconds: 90,
        log: logFile(identity, log),
        hopeless: () => deadProgram(holder, programs),
        signal,
    });
    const nodePrograms = ["containerd", "kubelet"];
    await waitFor("the node", () => nodeReason(api, identity.name), options("kubelet", nodePrograms));
    const controllers = ["kube-controller-manager", "kube-scheduler", "kube-proxy", ...nodePrograms];
    await waitFor("cluster DNS", () => dnsReason(api), options("kubelet", controllers));
    const account = "/api/v1/namespaces/default/serviceaccounts/default";
    const accountMade = async (): Promise<undefined> => {
        await api.get(account);
    };
    await waitFor("the default service account", accountMade, options("kube-controller-manager", controllers));
}

async function nodeReason(api: ApiClient, name: string): Promise<string | undefined> {
    const node = await api.get<WithConditions>(`/api/v1/nodes/${name}`);
    const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
    return ready?.status === "True" ? undefined : (ready?.message ?? "the node has not reported yet");
}

async function dnsReason(api: ApiClient): Promise<string | undefined> {
    const deployment = await api.get<WithConditions>("/apis/apps/v1/namespaces/kube-system/deployments/coredns");
    const available = deployment.status?.conditions?.find(({ type }) => type === "Available");
    if (available?.status === "True") return undefined;
    const pods = await api.get<ObjectList<Pod>>("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns");
    const pod = pods.items[0];
    if (pod === undefined) return "no pod of CoreDNS has been made yet";
    const waiting = pod.status.containerStatuses?.[0]?.state.waiting;
    const condition = pod.status.conditions?.find(({ status }) => status !== "True");
    return `pod ${pod.metadata.name} is ${pod.status.phase}: ${waiting?.message ?? waiting?.reason ?? condition?.message ?? "not ready"}`;
}

function deadProgram(holder: Holder, programs: string[]): string | undefined {
    const missing = missingPrograms(holder, programs);
    return missing.length === 0 ? undefined : `${missing.join(", ")} has ended`;
}

/** Of the API server's list of checks, the first that has not passed. */
function firstFailure(text: string): string {
    return text.split("\n").find((line) => line.startsWith("[-]")) ?? text.slice(0, 200);
}
