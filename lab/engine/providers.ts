import { UserError } from "../../shared/terminal/errors";
import { helmProvider } from "./helm";
import { explicitProvider, Connection, settingsOf, type Settings } from "./explicitProvider";
import { kubernetesProvider } from "./kubernetes";
import type { EngineOptions, Provider, Resource } from "./types";
import { providerIn } from "./urns";

type Pair = { objects: Provider; releases: Provider };

/** Kubernetes providers: the default one and those of the program. Rejects unsupported types by name. */
export class Providers {
    private readonly options: EngineOptions;
    private readonly connections = new Map<string, Connection>();
    private readonly pairs = new Map<string, Pair>();
    private readonly defaults: Settings;
    private find: (urn: string) => Resource | undefined = () => undefined;

    constructor(options: EngineOptions) {
        this.options = options;
        const given = Object.entries(options.config).filter(([key]) => key.startsWith("kubernetes:"));
        const plain = Object.fromEntries(given.map(([key, value]) => [key.slice("kubernetes:".length), value]));
        try {
            this.defaults = settingsOf(plain);
        } catch (error) {
            throw new UserError((error as Error).message);
        }
    }

    /** @param find Finds the resource of a URN, because providers are resources. */
    lookUp(find: (urn: string) => Resource | undefined): void {
        this.find = find;
    }

    /** Undefined for the stack and for components. */
    for({ custom, type, provider }: Resource): Provider | undefined {
        if (!custom) return undefined;
        if (type === "pulumi:providers:kubernetes") return explicitProvider;
        if (!type.startsWith("kubernetes:") || (type.endsWith("Patch") && type !== "kubernetes:core/v1:NamespacePatch"))
            throw new Error(`The lab's engine does not serve resources of type ${type}.`);
        const { objects, releases } = this.pair(this.settings(provider));
        return type === "kubernetes:helm.sh/v3:Release" ? releases : objects;
    }

    /** Whether a resource has changed to a provider for another cluster. */
    moved(old: Resource, next: Resource): boolean {
        if (old.custom !== next.custom) return true;
        if (old.provider === next.provider) return false;
        const [was, is] = [old, next].map(({ provider }) => this.settings(provider).kubeconfig);
        return was !== undefined && is !== undefined && Connection.server(was) !== Connection.server(is);
    }

    private settings(reference: string | undefined): Settings {
        if (reference === undefined) return this.defaults;
        const { urn } = providerIn(reference);
        const found = this.find(urn);
        if (found === undefined) throw new Error(`There is no provider ${urn}.`);
        return settingsOf(found.inputs);
    }

    private pair(settings: Settings): Pair {
        const key = JSON.stringify(settings);
        const known = this.pairs.get(key);
        if (known !== undefined) return known;
        const connection = new Connection(settings, this.options.kubeconfig);
        this.connections.set(key, connection);
        const objects = kubernetesProvider(() => connection.client(), settings.namespace);
        const pair = { objects, releases: helmProvider(this.options, settings, connection) };
        this.pairs.set(key, pair);
        return pair;
    }

    close(): void {
        for (const connection of this.connections.values()) connection.close();
    }
}
