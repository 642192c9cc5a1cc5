import http from "node:http";
import https from "node:https";
import { at, listAt, textAt } from "../values/plainObjects";
import type { Shape } from "../values/shapes";
import type { Fact } from "./facts";
import { send, type Answer } from "./request";
import { CannotLook, type Target } from "./target";

/** Client of one API server. Every method resolves; a missing object is `undefined`. */
export interface ClusterClient {
    get<T>(path: string, accept?: string): Promise<Fact<T | undefined>>;
    /** A raw answer, such as a log or a pod's answer through the API server's proxy. */
    text(path: string): Promise<Fact<string | undefined>>;
    /** Creates; the reviews of the authorization APIs store nothing. */
    post<T>(path: string, body: unknown): Promise<Fact<T | undefined>>;
    /** Replaces an object; rejected with the status 409 if it has changed since the `resourceVersion` of the new one. */
    put<T>(path: string, body: unknown): Promise<Fact<T | undefined>>;
    /** Deletes exactly this object, optionally only at a `resourceVersion`. An object that is gone is not a failure. */
    delete(path: string, uid: string, resourceVersion?: string): Promise<Fact<unknown>>;
    close(): void;
}

/** Only metadata: shorter, and the content of Secrets never leaves the cluster. */
export const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** Only the metadata of a single object. */
export const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Connections at a time: enough to hide latency, few enough for a small API server. */
const CONNECTIONS = 8;
/** Objects in one answer to a list: few requests, and no answer that needs much memory. */
const PAGE = 250;
/** A credential plugin may use a browser or a cloud. If it takes longer, it probably waits for an absent user. */
const CREDENTIAL_SECONDS = 20;

/**
 * Opens a client with the credentials of the target's user; credential plugins run here, once.
 *
 * @throws CannotLook if there are no credentials.
 */
export async function openClient(target: Target, timeoutSeconds: number): Promise<ClusterClient> {
    const secure = target.server.startsWith("https:");
    const options: https.RequestOptions = {};
    const cluster = target.config.getCurrentCluster();
    // The library rejects plain HTTP, as `kubectl proxy` serves it, unless TLS verification is off, which has no effect
    // there.
    if (!secure && cluster !== null) {
        target.config.clusters = target.config.clusters.map((entry) =>
            entry.name === cluster.name ? { ...entry, skipTLSVerify: true } : entry,
        );
    }
    await withCredentials(target, options);
    const agent = pickAgent(options, secure, cluster?.proxyUrl !== undefined);
    const inTurn = takeTurns(CONNECTIONS);
    const request = (method: string, path: string, accept: string, content?: unknown): Promise<Fact<Answer>> => {
        const body = content === undefined ? undefined : JSON.stringify(content);
        // By default, Node.js sends the body of a DELETE without its length.
        const about = { "content-type": "application/json", "content-length": Buffer.byteLength(body ?? "") };
        const headers = { ...(options.headers as http.OutgoingHttpHeaders | undefined), accept };
        const question = {
            url: target.server.replace(/\/+$/, "") + path,
            timeoutSeconds,
            body,
            options: { ...options, agent, method, headers: body === undefined ? headers : { ...headers, ...about } },
        };
        return inTurn(() => send(question));
    };
    const ask = async <T>(...call: Parameters<typeof request>): Promise<Fact<T | undefined>> => {
        const answer = await request(...call);
        return "failure" in answer ? answer : interpret<T>(answer.value);
    };
    return {
        get: (path, accept = "application/json") => ask("GET", path, accept),
        text: async (path) => {
            const answer = await request("GET", path, "*/*");
            if ("failure" in answer) return answer;
            const { status, text } = answer.value;
            return status >= 200 && status <= 299 ? { value: text } : interpret<string>(answer.value);
        },
        post: (path, body) => ask("POST", path, "application/json", body),
        put: (path, body) => ask("PUT", path, "application/json", body),
        delete: (path, uid, resourceVersion) =>
            ask("DELETE", path, "application/json", {
                preconditions: { uid, resourceVersion },
                // Also deletes the object's dependents, which is not the server's default for a Job.
                propagationPolicy: "Background",
            }),
        close: () => {
            agent.destroy();
        },
    };
}

/**
 * Lists a collection page by page; undefined if the cluster has no such collection.
 *
 * @param shape reads each object of a page before the next page is read, so that only what it keeps stays in memory.
 */
export async function listAll<T>(
    { get }: Pick<ClusterClient, "get">,
    path: string,
    shape: Shape<T>,
    accept?: string,
): Promise<Fact<T[] | undefined>> {
    const items: T[] = [];
    let next = "";
    do {
        const query = new URLSearchParams({ limit: String(PAGE), ...(next !== "" && { continue: next }) });
        const separator = path.includes("?") ? "&" : "?";
        const fact = await get<unknown>(`${path}${separator}${query.toString()}`, accept);
        if ("failure" in fact) return fact;
        if (fact.value === undefined) return { value: undefined };
        // In an empty list of only metadata, the field is missing.
        const page = at(fact.value, "items");
        if (Array.isArray(page)) items.push(...page.flatMap((object) => shape(object) ?? []));
        next = textAt(fact.value, "metadata", "continue") ?? "";
    } while (next !== "");
    return { value: items };
}

/** Runs at most `most` tasks at a time. A task and its time limit start when its turn comes. */
function takeTurns(most: number): <T>(task: () => Promise<T>) => Promise<T> {
    const waiting: (() => void)[] = [];
    let running = 0;
    return async (task) => {
        if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
        else running++;
        try {
            return await task();
        } finally {
            const next = waiting.shift();
            // The next turn goes to the task that has waited longest.
            if (next === undefined) running--;
            else next();
        }
    };
}

async function withCredentials(target: Target, options: https.RequestOptions): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
            reject(new Error(`no answer within ${String(CREDENTIAL_SECONDS)} s`));
        }, CREDENTIAL_SECONDS * 1000);
    });
    try {
        await Promise.race([target.config.applyToHTTPSOptions(options), limit]);
    } catch (error) {
        const plugin = (target.config.getCurrentUser()?.exec as { command?: string } | undefined)?.command;
        throw new CannotLook({
            id: "cluster-credentials",
            resource: `user ${target.user} of the kubeconfig`,
            expected: plugin === undefined ? "usable credentials" : `credentials from ${plugin}`,
            got: ((error as Error).message.trim() || "nothing").split("\n").slice(0, 3).join(" "),
            cure:
                plugin === undefined
                    ? "Get a new kubeconfig for this cluster."
                    : `Install ${plugin} or log in with it, until this command works: kubectl version`,
        });
    } finally {
        clearTimeout(timer);
    }
}

/** The library's agent opens a connection for every request. Only a proxy needs it. */
function pickAgent(options: https.RequestOptions, secure: boolean, proxied: boolean): http.Agent {
    if (proxied && options.agent instanceof http.Agent) return options.agent;
    const kept = { keepAlive: true, maxSockets: CONNECTIONS };
    const { ca, cert, key, rejectUnauthorized, servername } = options;
    // An undefined rejectUnauthorized would turn verification on even if NODE_TLS_REJECT_UNAUTHORIZED turns it off.
    const verify = rejectUnauthorized === undefined ? {} : { rejectUnauthorized };
    return secure ? new https.Agent({ ...kept, ca, cert, key, servername, ...verify }) : new http.Agent(kept);
}

function interpret<T>({ status, text }: Answer): Fact<T | undefined> {
    if (status === 404) return { value: undefined };
    let body: unknown;
    try {
        body = JSON.parse(text);
    } catch {
        body = undefined;
    }
    const said = textAt(body, "kind");
    // Jaeger, through the API server's proxy, says it in its own form.
    const ofJaeger = textAt(listAt(body, "errors")[0], "msg");
    const message = textAt(body, "message") ?? ofJaeger ?? `HTTP status ${String(status)}`;
    if (status === 401) return { failure: { kind: "unauthorized", reason: message } };
    if (status === 403) {
        // The part before it repeats the part after it.
        const reason = message.replace(/^.* is forbidden: /, "");
        return { failure: { kind: "forbidden", reason, byApiServer: said === "Status" } };
    }
    if (status < 200 || status > 299) return { failure: { kind: "unexpected", reason: message, status } };
    if (typeof body === "object" && body !== null) return { value: body as T };
    return { failure: { kind: "unexpected", reason: "an answer that is not JSON" } };
}
