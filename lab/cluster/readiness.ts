import type { Report } from "../images";
import type { LabIdentity } from "../identity";
import { ApiError } from "./api";
import type { ApiClient, ObjectList } from "./api";
import { corednsObjects } from "./coredns";
import { givenUp, whyNotRunning } from "./programReport";
import { logFile } from "./supervisor";
import type { ProgramName } from "./supervisor";
import { waitFor } from "./wait";
import type { WaitOptions } from "./wait";

/** The inputs of every wait during `up`. */
export interface Waiting {
    identity: LabIdentity;
    signal?: AbortSignal;
    report?: Report;
    /** Why the lab can no longer come up, other than a program that keeps ending. */
    hopeless?: () => string | undefined;
    /** The time limit, if the default is too long. */
    timeoutSeconds?: number;
}

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

const NOT_READY = "node.kubernetes.io/not-ready";

interface WithConditions {
    status?: { conditions?: Condition[] };
}

/** Waits until process 1 of the lab has started a program and its health check succeeds. */
export async function waitForProgram(program: ProgramName, waiting: Waiting): Promise<void> {
    const { stateDir } = waiting.identity;
    const options = { ...waitOptions(waiting, program), intervalMilliseconds: 20 };
    await waitFor(program, () => whyNotRunning(stateDir, program), options);
}

/** Waits until the API server also answers the host, and has created its default roles and priorities. */
export async function waitForApi(api: ApiClient, waiting: Waiting): Promise<void> {
    const { stateDir } = waiting.identity;
    const look = async (): Promise<string | undefined> => {
        // Until then, the forward only resets connections.
        const reason = whyNotRunning(stateDir, "kube-apiserver");
        if (reason !== undefined) return reason;
        const { status, text } = await api.send("GET", "/readyz");
        return status === 200 ? undefined : text.slice(0, 200);
    };
    await waitFor("the API server", look, { ...waitOptions(waiting, "kube-apiserver"), intervalMilliseconds: 20 });
}

/** Applies CoreDNS, and retries if the API server cannot accept it yet. */
export async function applyDns(image: string, api: ApiClient, waiting: Waiting): Promise<void> {
    let refusal: string | undefined;
    const options = waitOptions(waiting, "kube-apiserver", () => refusal);
    for (const { path, object } of corednsObjects(image, waiting.identity.families)) {
        const apply = async (): Promise<undefined> => {
            await api.apply(path, object).catch((error: unknown) => {
                if (error instanceof ApiError && !error.mayPass) refusal = error.message;
                throw error;
            });
        };
        await waitFor("CoreDNS in the API", apply, options);
    }
}

/**
 * Waits until pods can be created and can find each other: the node and DNS are Ready, and the service account exists.
 */
export async function waitForCluster(api: ApiClient, waiting: Waiting): Promise<void> {
    const options = waitOptions(waiting, "kubelet");
    await waitFor("the node", () => nodeReason(api, waiting.identity.name), options);
    await waitFor("cluster DNS", () => dnsReason(api), options);
    const account = "/api/v1/namespaces/default/serviceaccounts/default";
    const accountMade = async (): Promise<undefined> => {
        await api.get(account);
    };
    await waitFor("the default service account", accountMade, waitOptions(waiting, "kube-controller-manager"));
}

function waitOptions(
    { identity, signal, report, hopeless, timeoutSeconds }: Waiting,
    program: ProgramName,
    refused?: () => string | undefined,
): WaitOptions {
    return {
        log: logFile(identity, program),
        hopeless: () => refused?.() ?? givenUp(identity.stateDir) ?? hopeless?.(),
        ...{ signal, report, timeoutSeconds },
    };
}

async function nodeReason(api: ApiClient, name: string): Promise<string | undefined> {
    const node = await api.get<WithConditions & { spec: { taints?: { key: string }[] } }>(`/api/v1/nodes/${name}`);
    const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status !== "True") return ready?.message ?? "the node has not reported yet";
    // The controller manager removes it after the node has become ready.
    const isTainted = node.spec.taints?.some(({ key }) => key === NOT_READY) === true;
    return isTainted ? `the node still has the taint ${NOT_READY}` : undefined;
}

async function dnsReason(api: ApiClient): Promise<string | undefined> {
    const deployment = await api.get<WithConditions>("/apis/apps/v1/namespaces/kube-system/deployments/coredns");
    const available = deployment.status?.conditions?.find(({ type }) => type === "Available");
    if (available?.status === "True") return undefined;
    const pods = await api.get<ObjectList<Pod>>("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns");
    const pod = pods.items[0];
    if (pod === undefined) return "no pod of CoreDNS has been created yet";
    const waiting = pod.status.containerStatuses?.[0]?.state.waiting;
    const condition = pod.status.conditions?.find(({ status }) => status !== "True");
    return `pod ${pod.metadata.name} is ${pod.status.phase}: ${waiting?.message ?? waiting?.reason ?? condition?.message ?? "not ready"}`;
}
