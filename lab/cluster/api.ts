import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

/** Answer of the API server. */
export interface ApiAnswer {
    status: number;
    text: string;
}

/** An unexpected answer. */
export class ApiError extends Error {
    /**
     * True if the same call can succeed later: the server is busy or still starting, or a namespace does not exist yet.
     */
    public readonly mayPass: boolean;

    constructor(path: string, { status, text }: ApiAnswer) {
        super(`${path} answered ${status}: ${text.slice(0, 300)}`);
        this.mayPass = [404, 409, 429].includes(status) || status >= 500;
    }
}

/** The fields of Kubernetes objects that the lab reads. */
export interface ObjectList<Item> {
    items: Item[];
}

/**
 * The few API calls that the lab needs to start.
 *
 * The client library would take longer to load than the time limit of a second `up`.
 */
export class ApiClient {
    /** Name of the only context in the lab's kubeconfig. */
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

    /** Reads a path. Throws for any answer except 200, with the server's message. */
    public async get<Result>(path: string): Promise<Result> {
        const answer = await this.send("GET", path);
        if (answer.status !== 200) throw new ApiError(path, answer);
        return JSON.parse(answer.text) as Result;
    }

    /** Creates an object, or updates it to the given one. */
    public async apply(path: string, object: object): Promise<void> {
        const answer = await this.send(
            "PATCH",
            `${path}?fieldManager=istio-tracing-lab&force=true`,
            JSON.stringify(object),
        );
        if (answer.status >= 300) throw new ApiError(path, answer);
    }

    /**
     * @param type of the body. JSON is valid YAML, which server-side apply requires.
     * @param timeoutSeconds long, because a running server may be busy. A stopped one refuses immediately.
     */
    public send(
        method: string,
        path: string,
        body?: string,
        { type = "application/apply-patch+yaml", timeoutSeconds = 60 } = {},
    ): Promise<ApiAnswer> {
        return new Promise((resolve, reject) => {
            // Without the length, Node.js would send the body of a DELETE like a separate request.
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

    /** Closes kept-alive connections, so that the process can end. */
    public close(): void {
        this.agent.destroy();
    }
}
