import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { parse } from "yaml";
import { UserError } from "../../cli/ui/errors";
import { at, listAt, textAt, type Values } from "./values";

/** What the API server refused; code 404 also for kinds that it does not know (yet). */
export class KubeError extends Error {
    public readonly code: number;

    constructor(code: number, message: string) {
        super(message);
        this.code = code;
    }
}

export const isGone = (error: unknown): error is KubeError => error instanceof KubeError && error.code === 404;

interface Call {
    body?: unknown;
    type?: string;
    query?: Record<string, string>;
}

/** Server and certificates that the current context of a kubeconfig names, as the lab writes it. */
function readKubeconfig(file: string): { server: URL; agent: Agent } {
    const config = parse(readFileSync(file, "utf8")) as unknown;
    const named = (list: string, name: string): unknown =>
        listAt(config, list).find((one) => textAt(one, "name") === name);
    const context = at(named("contexts", textAt(config, "current-context")), "context");
    const cluster = at(named("clusters", textAt(context, "cluster")), "cluster");
    const user = at(named("users", textAt(context, "user")), "user");
    const pem = (from: unknown, key: string): Buffer => {
        if (textAt(from, key) === "") throw new UserError(`The lab's engine needs ${key} in the kubeconfig ${file}.`);
        return Buffer.from(textAt(from, key), "base64");
    };
    const agent = new Agent({
        keepAlive: true,
        ca: pem(cluster, "certificate-authority-data"),
        cert: pem(user, "client-certificate-data"),
        key: pem(user, "client-key-data"),
    });
    return { server: new URL(textAt(cluster, "server")), agent };
}

/** Talks to one API server. */
export class KubeClient {
    private readonly target: ReturnType<typeof readKubeconfig>;
    private readonly kinds = new Map<string, { plural: string; namespaced: boolean }>();

    constructor(kubeconfig: string) {
        this.target = readKubeconfig(kubeconfig);
    }

    async call(method: string, path: string, call: Call = {}): Promise<Values> {
        const { server, agent } = this.target;
        const url = new URL(`${path}?${new URLSearchParams(call.query).toString()}`, server);
        const body = call.body === undefined ? "" : JSON.stringify(call.body);
        const headers: Record<string, string> = { "content-length": String(Buffer.byteLength(body)) };
        if (body !== "") headers["content-type"] = call.type ?? "application/json";
        const asked = request(url, { method, agent, headers, timeout: 30_000 }).end(body);
        asked.on("timeout", () => asked.destroy(new Error("no answer within 30 s")));
        let code = 0;
        let text = "";
        try {
            const [answer] = (await once(asked, "response")) as [IncomingMessage];
            code = answer.statusCode ?? 0;
            for await (const chunk of answer.setEncoding("utf8")) text += String(chunk);
        } catch (error) {
            throw new Error(`Kubernetes at ${server.host}: ${(error as Error).message}`);
        }
        const answer = (text.startsWith("{") ? JSON.parse(text) : { message: text }) as Values;
        if (code >= 300) throw new KubeError(code, textAt(answer, "message") || `HTTP ${code}`);
        return answer;
    }

    /** Path of the collection in which objects of a kind live, by discovery. */
    async collection(apiVersion: string, kind: string, namespace: string): Promise<string> {
        const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        let known = this.kinds.get(`${root}/${kind}`);
        if (known === undefined) {
            const entries = listAt(await this.call("GET", root).catch(emptyIfGone), "resources");
            const found = entries.find(
                (entry) => textAt(entry, "kind") === kind && !textAt(entry, "name").includes("/"),
            );
            if (found === undefined)
                throw new KubeError(404, `no matches for kind "${kind}" in version "${apiVersion}"`);
            known = { plural: textAt(found, "name"), namespaced: at(found, "namespaced") === true };
            this.kinds.set(`${root}/${kind}`, known);
        }
        return `${root}${known.namespaced ? `/namespaces/${namespace || "default"}` : ""}/${known.plural}`;
    }

    close(): void {
        this.target.agent.destroy();
    }
}

/** For reads of what may not be there. */
export function emptyIfGone(error: unknown): Values {
    if (isGone(error)) return {};
    throw error;
}
