import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeClient } from "./client";
import { compare } from "./diff";
import type { Provider } from "./types";
import { reveal, UNKNOWN, type Values } from "./values";

/** The settings of a Kubernetes provider. */
export interface Settings {
    /** Path or content; without one, the run's own. */
    kubeconfig?: string;
    /** The kubeconfig's context to use. */
    context?: string;
    /** Namespace for objects that name none. */
    namespace?: string;
}

const served = ["kubeconfig", "context", "namespace"];
/** Settings whose value equals the fixed behavior. */
const defaults: Values = { version: undefined, enableServerSideApply: "true", __internal: undefined };

/** The settings of a provider. Throws for one that the engine does not support. */
export function settingsOf(inputs: Values): Settings {
    const given = reveal(inputs);
    for (const [key, value] of Object.entries(given)) {
        if (served.includes(key)) continue;
        if (!(key in defaults) || (defaults[key] !== undefined && defaults[key] !== value))
            throw new Error(`The lab's engine does not serve the setting kubernetes:${key}.`);
    }
    const { kubeconfig, context, namespace } = given as Settings;
    return { kubeconfig: kubeconfig || undefined, context, namespace: namespace || undefined };
}

/** `pulumi:providers:kubernetes`: a resource that exists only in the state. */
export const explicitProvider: Provider = {
    check: ({ inputs }) => {
        settingsOf(inputs);
        return inputs;
    },
    diff: (old, next) => {
        const [was, is] = [reveal(old.inputs), reveal(next.inputs)];
        const { changes } = compare(was, is, []);
        const [before, after] = [was, is].map(({ kubeconfig }) => kubeconfig);
        const known = typeof before === "string" && typeof after === "string" && after !== UNKNOWN;
        const moved = known ? Connection.server(before) !== Connection.server(after) : after === UNKNOWN;
        return { changes, replaces: moved ? ["kubeconfig"] : [], deleteBeforeReplace: false };
    },
    foresee: (next) => {
        next.id ??= UNKNOWN;
        return next.inputs;
    },
    create: async (resource) => {
        resource.id = randomUUID();
        resource.outputs = resource.inputs;
        return Promise.resolve();
    },
    update: async (next) => {
        next.outputs = next.inputs;
        return Promise.resolve();
    },
    delete: async () => Promise.resolve(),
    read: async () => Promise.resolve(true),
    adopt: async () => Promise.resolve(false),
    made: async () => Promise.resolve(false),
};

/** The connection of a provider to its cluster. */
export class Connection {
    /** Path of the kubeconfig; undefined without a cluster. */
    public readonly kubeconfig: string | undefined;
    public readonly context: string | undefined;
    private readonly folder: string | undefined;
    private known: KubeClient | undefined;

    constructor({ kubeconfig, context }: Settings, ambient: string | undefined) {
        this.context = context;
        this.kubeconfig = kubeconfig ?? ambient;
        if (kubeconfig === undefined || kubeconfig === UNKNOWN || existsSync(kubeconfig)) return;
        this.folder = mkdtempSync(join(tmpdir(), "provider-"));
        this.kubeconfig = join(this.folder, "kubeconfig");
        writeFileSync(this.kubeconfig, kubeconfig, { mode: 0o600 });
    }

    /** The address of the API server in a kubeconfig. */
    static server(kubeconfig: string): string | undefined {
        const text = existsSync(kubeconfig) ? readFileSync(kubeconfig, "utf8") : kubeconfig;
        return /\bserver"?: "?([^\s",]+)/.exec(text)?.[1];
    }

    client(): KubeClient {
        if (this.kubeconfig === undefined) throw new Error("There is no kubeconfig, so no cluster is reachable.");
        return (this.known ??= new KubeClient(this.kubeconfig, this.context));
    }

    close(): void {
        this.known?.close();
        if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    }
}
