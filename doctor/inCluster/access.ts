import type { ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import { send, type Answer } from "../../shared/cluster/request";
import type { PodObject } from "../../shared/kubernetes/objects";
import { POD } from "../../shared/kubernetes/shapes";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import { DOCTOR_PORTS, ENVOY_ADMIN_PORT, JAEGER_PORTS } from "../../shared/names/ports";
import type { Access, ContainerRef, ExecResult } from "../connection/access";
import { freshIds } from "../probe/requests";
import { directUrl } from "./directUrl";
import { interpretDirect } from "./interpretDirect";
import { runHere, type RunHere } from "./runHere";

/** The pod in which the doctor runs. */
export interface OwnPod {
    name: string;
    namespace: string;
}

/** How the doctor reaches what it asks. */
export interface InClusterOptions {
    /** Time limit of each request, in seconds. */
    timeoutSeconds: number;
    /** Sends a request over HTTP. @default with Node.js */
    ask?: typeof send;
    /** Runs a command in the doctor's own container. @default starts a process */
    run?: RunHere;
}

/**
 * The doctor's access to a cluster from inside, without the rights to run commands in pods, to forward ports and to use the
 * API server's proxy. It asks pods and Services directly. Sidecars are asked only in the doctor's own pod and in those of
 * its namespace that relay their sidecar's configuration; everything else remains unknown.
 */
export function inClusterAccess(client: ClusterClient, own: OwnPod, options: InClusterOptions): Access {
    const { timeoutSeconds, ask = send, run = runHere } = options;
    const pods = new Map<string, Promise<Fact<PodObject | undefined>>>();
    const podNamed = (namespace: string, name: string): Promise<Fact<PodObject | undefined>> => {
        const key = `${namespace}/${name}`;
        const known = pods.get(key) ?? readPod(client, namespace, name);
        pods.set(key, known);
        return known;
    };
    const addressOf = async (namespace: string, name: string): Promise<Fact<string>> => {
        const fact = await podNamed(namespace, name);
        if ("failure" in fact) return fact;
        const ip = fact.value?.status?.podIP;
        return ip === undefined ? gone(`${namespace}/${name}`) : { value: ip.includes(":") ? `[${ip}]` : ip };
    };
    const get = (url: string): Promise<Fact<Answer>> =>
        ask({ url, timeoutSeconds, body: undefined, options: { method: "GET", headers: unsampled() } });
    const direct = async (path: string): Promise<Fact<Answer> | undefined> => {
        const target = directUrl(path);
        if (target === undefined) return undefined;
        if (target.service !== undefined) return get(`http://${target.service}${target.rest}`);
        const address = await addressOf(target.namespace, target.pod);
        return "failure" in address ? address : get(`http://${address.value}:${target.port}${target.rest}`);
    };
    const admin = async (url: string): Promise<Fact<ExecResult>> => {
        const answer = await get(url);
        if ("failure" in answer) return answer;
        const { status, text } = answer.value;
        return { value: { code: status === 200 ? 0 : 1, stdout: text, stderr: status === 200 ? "" : text } };
    };
    return {
        get: async <T>(path: string, accept?: string) => {
            const answer = await direct(path);
            return answer === undefined ? client.get<T>(path, accept) : interpretDirect.json<T>(answer);
        },
        text: async (path) => {
            const answer = await direct(path);
            if (answer !== undefined) return interpretDirect.text(answer);
            const fact = await client.text(path);
            return path.includes("/log?") ? withoutOwnQueries(fact) : fact;
        },
        post: () => Promise.resolve(refused("create objects")),
        delete: () => Promise.resolve(refused("delete objects")),
        exec: async ({ namespace, pod, container }: ContainerRef, command, limitSeconds = timeoutSeconds) => {
            const isOwn = namespace === own.namespace && pod === own.name;
            if (container !== SIDECAR_CONTAINER)
                return isOwn ? run(command, limitSeconds) : refused("run commands in pods");
            const path = command.at(-1) ?? "";
            if (isOwn) return admin(`http://127.0.0.1:${String(ENVOY_ADMIN_PORT)}/${path}`);
            // Others' pods relay nothing.
            if (namespace !== own.namespace) return refused("run commands in pods");
            const address = await addressOf(namespace, pod);
            if ("failure" in address) return address;
            return admin(`http://${address.value}:${String(DOCTOR_PORTS.relay)}/${path}`);
        },
        // Jaeger's query API may require a login, which is not for the API server's proxy. Other ports may answer only
        // inside of their pod, so that no answer from here would prove nothing.
        forward: async (namespace, pod, port) => {
            const address = await addressOf(namespace, pod);
            const isQuery = port === JAEGER_PORTS.queryHttp;
            const failure =
                "failure" in address ? address.failure : isQuery ? undefined : refused("forward ports").failure;
            const host = "value" in address && isQuery ? `${address.value}:${String(port)}` : "127.0.0.1:9";
            return { url: `http://${host}`, failure: () => failure };
        },
        close: () => {
            client.close();
        },
    };
}

/** Not sampled, so that the doctor's questions make no spans where they pass its sidecar. */
function unsampled(): Record<string, string> {
    const { traceId, spanId } = freshIds();
    return { accept: "*/*", traceparent: `00-${traceId}-${spanId}-00` };
}

/** The log of the doctor's own sidecar without its queries, whose paths have the IDs of the probes. */
function withoutOwnQueries(fact: Fact<string | undefined>): Fact<string | undefined> {
    if ("failure" in fact || fact.value === undefined) return fact;
    const lines = fact.value.split("\n").filter((line) => !line.includes("/api/traces"));
    return { value: lines.join("\n") };
}

async function readPod(client: ClusterClient, namespace: string, name: string): Promise<Fact<PodObject | undefined>> {
    const fact = await client.get<unknown>(`/api/v1/namespaces/${namespace}/pods/${name}`);
    return "failure" in fact ? fact : { value: fact.value === undefined ? undefined : POD(fact.value) };
}

function gone(pod: string): { failure: { kind: "unexpected"; reason: string } } {
    return { failure: { kind: "unexpected", reason: `the pod ${pod} has no address` } };
}

function refused(what: string): { failure: { kind: "forbidden"; reason: string } } {
    return { failure: { kind: "forbidden", reason: `the doctor in the cluster may not ${what}` } };
}
