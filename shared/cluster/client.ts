import http from "node:http";
import https from "node:https";
import { firstLine } from "../terminal/errors";
import { at, textAt } from "../values/plainObjects";
import type { Shape } from "../values/shapes";
import type { Fact, Failure } from "./facts";
import { CannotLook, type Target } from "./target";

/** Asks one API server. Every method resolves; a missing object is `undefined`. */
export interface ClusterClient {
    get<T>(path: string, accept?: string): Promise<Fact<T | undefined>>;
    /** An answer as it is, such as a log or what a pod answers through the API server's proxy. */
    text(path: string): Promise<Fact<string | undefined>>;
    /** Creates; the reviews of the authorization APIs store nothing. */
    post<T>(path: string, body: unknown): Promise<Fact<T | undefined>>;
    /** Deletes the very object, as it is now or was at a `resourceVersion`; one that is gone is no failure. */
    delete(path: string, uid: string, resourceVersion?: string): Promise<Fact<unknown>>;
    close(): void;
}

/** Metadata alone: shorter, and the content of Secrets never leaves the cluster. */
export const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** Metadata of a single object alone. */
export const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Connections at a time: enough to hide latency, few enough for a small API server. */
const CONNECTIONS = 8;
/** Objects in one answer to a list: few questions, and no answer that takes much memory. */
const PAGE = 250;
/** A credential plugin may ask a browser or a cloud; longer than this it waits for somebody who is not there. */
const CREDENTIAL_SECONDS = 20;

/**
 * Opens a client with the credentials of the target's user; credential plugins run here, once.
 *
 * @throws CannotLook when no credentials can be had.
 */
export async function openClient(target: Target, timeoutSeconds: number): Promise<ClusterClient> {
    const secure = target.server.startsWith("https:");
    const options: https.RequestOptions = {};
    const cluster = target.config.getCurrentCluster();
    // Plain http, as `kubectl proxy` serves it, is refused by the library unless TLS is waived, which means nothing there.
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
        // Node.js sends the body of a DELETE without its length, unless told to.
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
        delete: (path, uid, resourceVersion) =>
            ask("DELETE", path, "application/json", {
                preconditions: { uid, resourceVersion },
                // What belongs to the object goes with it; for a Job that is not the server's default.
                propagationPolicy: "Background",
            }),
        close: () => {
            agent.destroy();
        },
    };
}

/**
 * Lists a collection page by page; undefined where the cluster has no such collection.
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
        // An empty list of metadata alone has no list at all.
        const page = at(fact.value, "items");
        if (Array.isArray(page)) items.push(...page.flatMap((object) => shape(object) ?? []));
        next = textAt(fact.value, "metadata", "continue") ?? "";
    } while (next !== "");
    return { value: items };
}

/** Runs at most `most` tasks at a time. What a task does begins with its turn, its time limit included. */
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
            // The turn passes on to the one that has waited longest.
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
                    ? "Get a fresh kubeconfig for this cluster."
                    : `Install ${plugin} or log in with it, until this works: kubectl version`,
        });
    } finally {
        clearTimeout(timer);
    }
}

/** The library's own agent opens a connection for every request; only a proxy needs it. */
function pickAgent(options: https.RequestOptions, secure: boolean, proxied: boolean): http.Agent {
    if (proxied && options.agent instanceof http.Agent) return options.agent;
    const kept = { keepAlive: true, maxSockets: CONNECTIONS };
    const { ca, cert, key, rejectUnauthorized, servername } = options;
    // An undefined rejectUnauthorized would switch verification on where NODE_TLS_REJECT_UNAUTHORIZED waives it.
    const verify = rejectUnauthorized === undefined ? {} : { rejectUnauthorized };
    return secure ? new https.Agent({ ...kept, ca, cert, key, servername, ...verify }) : new http.Agent(kept);
}

interface Answer {
    status: number;
    text: string;
}

interface Request {
    url: string;
    options: https.RequestOptions;
    body: string | undefined;
    timeoutSeconds: number;
}

function send({ url, options, body, timeoutSeconds }: Request): Promise<Fact<Answer>> {
    return new Promise((resolve) => {
        const signal = AbortSignal.timeout(timeoutSeconds * 1000);
        const fail = (error: Error): void => {
            resolve({ failure: explainNetworkError(error, timeoutSeconds, url) });
        };
        const request = (url.startsWith("https:") ? https : http).request(url, { ...options, signal }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", fail);
            response.on("end", () => {
                const text = Buffer.concat(chunks).toString("utf8");
                resolve({ value: { status: response.statusCode ?? 0, text } });
            });
        });
        request.on("error", fail);
        request.end(body);
    });
}

function interpret<T>({ status, text }: Answer): Fact<T | undefined> {
    if (status === 404) return { value: undefined };
    let body: unknown;
    try {
        body = JSON.parse(text);
    } catch {
        body = undefined;
    }
    const { kind: said, message = `HTTP status ${String(status)}` } = (body ?? {}) as {
        kind?: string;
        message?: string;
    };
    if (status === 401) return { failure: { kind: "unauthorized", reason: message } };
    if (status === 403) {
        // The part before that repeats what is said behind it.
        const reason = message.replace(/^.* is forbidden: /, "");
        return { failure: { kind: "forbidden", reason, byApiServer: said === "Status" } };
    }
    if (status < 200 || status > 299) return { failure: { kind: "unexpected", reason: message } };
    if (typeof body === "object" && body !== null) return { value: body as T };
    return { failure: { kind: "unexpected", reason: "an answer that is not JSON" } };
}

/** A connection's failure in words: refused, DNS, route, time-out; or TLS, which is another matter. */
export function explainNetworkError(error: Error, timeoutSeconds: number, url: string): Failure {
    const given: unknown = (error as { code?: unknown }).code;
    // That of a DOMException is a number.
    const code = typeof given === "string" ? given : "";
    const first = firstLine(error);
    const { hostname } = new URL(url);
    if (code === "EPROTO" || code.startsWith("ERR_SSL_") || code.startsWith("HPE_")) {
        return { kind: "untrusted", reason: "the other side does not speak TLS as the https:// of its URL says" };
    }
    if (code.startsWith("ERR_TLS_") || /CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code)) {
        return { kind: "untrusted", reason: `the server's certificate is not accepted (TLS, ${code}): ${first}` };
    }
    const reasons: Record<string, string> = {
        ECONNREFUSED: "connection refused: nothing listens there",
        ENOTFOUND: `the name ${hostname} cannot be resolved (DNS)`,
        EAI_AGAIN: `the name ${hostname} cannot be resolved now (DNS does not answer)`,
        EHOSTUNREACH: `no route to ${hostname}`,
        ENETUNREACH: `no route to ${hostname}`,
        ECONNRESET: "the connection was closed by the other side (reset)",
        EPIPE: "the connection was closed by the other side (reset)",
    };
    const timeout = ["AbortError", "TimeoutError"].includes(error.name) || code === "ETIMEDOUT";
    const reason = timeout ? `no answer within ${String(timeoutSeconds)} s (timeout)` : reasons[code];
    return { kind: "unreachable", reason: reason ?? `${first}${code === "" ? "" : ` (${code})`}` };
}
