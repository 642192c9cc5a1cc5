import { UserError } from "../../shared/terminal/errors";
import { ApiClient } from "../cluster/api";
import { at, listAt, textAt, type Values } from "./values";

/** What the API server refused; code 404 also for kinds that it does not know (yet). */
export class KubeError extends Error {
    public readonly code: number;
    /** The API server's own word for it, such as `AlreadyExists`. */
    public readonly reason: string;

    constructor(code: number, message: string, reason = "") {
        super(message);
        this.code = code;
        this.reason = reason;
    }
}

export const isGone = (error: unknown): error is KubeError => error instanceof KubeError && error.code === 404;

/** The provider itself waits for as long as the connection holds. */
const CALL_SECONDS = 120;

interface Call {
    body?: unknown;
    type?: string;
    query?: Record<string, string>;
}

/** Talks to the API server of a lab. */
export class KubeClient {
    private readonly api: ApiClient;
    private readonly kinds = new Map<string, { plural: string; namespaced: boolean }>();

    /** @param context that the kubeconfig must have, as the provider asks for; by default its current one. */
    constructor(kubeconfig: string, context?: string) {
        this.api = new ApiClient(kubeconfig);
        const missing = context !== undefined && context !== this.api.context;
        if (missing) throw new UserError(`${kubeconfig}: context "${context}" does not exist`);
    }

    async call(method: string, path: string, { body, type, query }: Call = {}): Promise<Values> {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const asked = query === undefined ? path : `${path}?${new URLSearchParams(query).toString()}`;
        const options = { type: type ?? "application/json", timeoutSeconds: CALL_SECONDS };
        const answer = await this.api.send(method, asked, text, options).catch((error: unknown) => {
            throw new Error(`Kubernetes of ${this.api.context}: ${(error as Error).message}`);
        });
        const known = answer.text.startsWith("{");
        const values = (known ? JSON.parse(answer.text) : { message: answer.text }) as Values;
        if (answer.status >= 300)
            throw new KubeError(
                answer.status,
                textAt(values, "message") || `HTTP ${answer.status}`,
                textAt(values, "reason"),
            );
        return values;
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
        this.api.close();
    }
}

/** For reads of what may not be there. */
export function emptyIfGone(error: unknown): Values {
    if (isGone(error)) return {};
    throw error;
}
