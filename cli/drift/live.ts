import { UNKNOWN_SUFFIX, type Manifest } from "../../shared/kubernetes/manifest";
import { requireAnswer } from "../cluster/connect";
import { METADATA_LIST, type ClusterClient } from "../../shared/cluster/client";

interface ResourceKind {
    kind: string;
    /** The plural name; a subresource has a slash. */
    name: string;
    namespaced: boolean;
}

interface Reference {
    apiVersion: string;
    kind: string;
    /** Pulumi names an object that has none. */
    metadata?: { name?: string; namespace?: string };
}

/** Reads the live objects of manifests. */
export class LiveObjects {
    private readonly client: ClusterClient;
    private readonly kinds = new Map<string, Promise<ResourceKind[]>>();

    constructor(client: ClusterClient) {
        this.client = client;
    }

    /** The manifest with its name in the cluster, and the live object; undefined if there is none. */
    async find(manifest: Manifest): Promise<{ manifest: Manifest; live: Manifest | undefined }> {
        const { collection, namespaced } = await this.locate(manifest);
        const { namespace, ...others } = metadataOf(manifest);
        const metadata = namespaced ? { namespace: namespace ?? "default", ...others } : others;
        const named = { ...manifest, metadata };
        if (collection === undefined) return { manifest: named, live: undefined };
        const path = `${collection}/${metadata.name ?? ""}`;
        return { manifest: named, live: requireAnswer(await this.client.get<Manifest>(path), path) };
    }

    /** For an object that Pulumi names: the newest one with such a name, or a pattern if there is none. */
    async withName(manifest: Manifest, resourceName: string): Promise<Manifest> {
        const metadata = metadataOf(manifest);
        if (metadata.name !== undefined) return manifest;
        const { collection } = await this.locate(manifest);
        const form = new RegExp(`^${resourceName}-[0-9a-f]{8}$`);
        type Listed = { items: { metadata: { name: string; creationTimestamp: string } }[] };
        const listed = requireAnswer(await this.client.get<Listed>(collection ?? "", METADATA_LIST), collection ?? "");
        const newest = (listed?.items ?? [])
            .map((item) => item.metadata)
            .filter(({ name }) => form.test(name))
            .sort((left, right) => right.creationTimestamp.localeCompare(left.creationTimestamp))
            .at(0);
        return { ...manifest, metadata: { ...metadata, name: newest?.name ?? `${resourceName}${UNKNOWN_SUFFIX}` } };
    }

    /** The API path of a manifest's kind; no collection if the server does not know the kind. */
    async locate(manifest: Manifest): Promise<{ collection: string | undefined; namespaced: boolean }> {
        const { apiVersion, kind } = manifest as unknown as Reference;
        const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        const found = (await this.kindsOf(root)).find((one) => one.kind === kind && !one.name.includes("/"));
        if (found === undefined) return { collection: undefined, namespaced: true };
        const scope = found.namespaced ? `/namespaces/${metadataOf(manifest).namespace ?? "default"}` : "";
        return { collection: `${root}${scope}/${found.name}`, namespaced: found.namespaced };
    }

    private kindsOf(root: string): Promise<ResourceKind[]> {
        const asked =
            this.kinds.get(root) ??
            this.client
                .get<{ resources: ResourceKind[] }>(root)
                .then((fact) => requireAnswer(fact, `the kinds of ${root}`)?.resources ?? []);
        this.kinds.set(root, asked);
        return asked;
    }
}

function metadataOf(manifest: Manifest): NonNullable<Reference["metadata"]> {
    return (manifest as unknown as Reference).metadata ?? {};
}
