import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

/** Answer of the API server. */
export interface ApiAnswer {
    status: number;
    text: string;
}

/** An answer that is not the one that was asked for. */
export class ApiError extends Error {
    /** True when the same call may succeed later: the server is busy or still starting, or a namespace is not there yet. */
    public readonly mayPass: boolean;

    constructor(path: string, { status, text }: ApiAnswer) {
        super(`${path} answered ${status}: ${text.slice(0, 300)}`);
        this.mayPass = [404, 409, 429].includes(status) || status >= 500;
    }
}

/** What of Kubernetes' objects the lab itself looks at. */
export interface ObjectList<Item> {
    items: Item[];
}

/**
 * The few calls to the API server that bringing the lab up needs.
 *
 * The client library would take longer to load than a second `up` may take altogether.
 */
export class ApiClient {
    /** Name of the context that the kubeconfig has, since the lab writes one. */
    public readonly context: string;
    private readonly url: string;
    private readonly agent: Agent;

    constructor(kubeconfigPath: string) {
        const text = readFileSync(kubeconfigPath, "utf8");
        const value = (key: string): string => new RegExp(`${key}: (\\S+)`).exec(text)?.[1] ?? "";
        const decoded = (key: string): string => Buffer.from(value(key), "base64").toString();
        this.url = value("server");
        this.context = value("current-context");
        this.agent = new Agent({
            keepAlive: true,
            ca: decoded("certificate-authority-data"),
            cert: decoded("client-certificate-data"),
            key: decoded("client-key-data"),
        });
    }

    /** Reads a path; throws for any answer but 200, with what the server said. */
    public async get<Result>(path: string): Promise<Result> {
        const answer = await this.send("GET", path);
        if (answer.status !== 200) throw new ApiError(path, answer);
        return JSON.parse(answer.text) as Result;
    }

    /** Creates an object, or changes it into the given one. */
    public async apply(path: string, object: object): Promise<void> {
        const answer = await this.send(
            "PATCH",
            `${path}?fieldManager=istio-tracing-lab&force=true`,
            JSON.stringify(object),
        );
        if (answer.status >= 300) throw new ApiError(path, answer);
    }

    /**
     * @param type of the body; JSON is YAML, which is all that server-side apply takes.
     * @param timeoutSeconds long, since a server that is there may be busy; one that is not refuses at once.
     */
    public send(
        method: string,
        path: string,
        body?: string,
        { type = "application/apply-patch+yaml", timeoutSeconds = 60 } = {},
    ): Promise<ApiAnswer> {
        return new Promise((resolve, reject) => {
            // Without the length, Node.js would send the body of a DELETE as if it were a request of its own.
            const length = Buffer.byteLength(body ?? "");
            const headers = body === undefined ? {} : { "content-type": type, "content-length": length };
            const options = { method, headers, agent: this.agent, timeout: timeoutSeconds * 1000 };
            const call = request(this.url + path, options, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => {
                    resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
                });
            });
            call.on("timeout", () => call.destroy(new Error(`no answer within ${timeoutSeconds} s`)));
            call.on("error", reject);
            call.end(body);
        });
    }

    /** Closes the connections that were kept open, so that the process can end. */
    public close(): void {
        this.agent.destroy();
    }
}
