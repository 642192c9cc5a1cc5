import { UserError } from "../../shared/terminal/errors";
import { ApiClient } from "../cluster/api";
import { at, listAt, textAt, type Values } from "./values";

/** A rejection by the API server; code 404 also for kinds that it does not know (yet). */
export class KubeError extends Error {
    public readonly code: number;
    /** The API server's reason, such as `AlreadyExists`. */
    public readonly reason: string;

    constructor(code: number, message: string, reason = "") {
        super(message);
        this.code = code;
        this.reason = reason;
    }
}

export const isGone = (error: unknown): error is KubeError => error instanceof KubeError && error.code === 404;

/** The provider waits as long as the connection lasts. */
const CALL_SECONDS = 120;

interface Call {
    body?: unknown;
    type?: string;
    query?: Record<string, string>;
}

/** Client of a lab's API server. */
export class KubeClient {
    private readonly api: ApiClient;
    private readonly kinds = new Map<string, { plural: string; namespaced: boolean }>();

    /** @param context that the kubeconfig must contain, as the provider requires; by default its current one. */
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

    /** Path of the collection of a kind, from discovery. */
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

/** For reads of objects that may not exist. */
export function emptyIfGone(error: unknown): Values {
    if (isGone(error)) return {};
    throw error;
}
