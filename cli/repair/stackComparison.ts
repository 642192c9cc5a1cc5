import { METADATA, METADATA_LIST, type ClusterClient } from "../../shared/cluster/client";
import { requireAnswer } from "../cluster/connect";
import { LiveObjects } from "../drift/live";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import { namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { judgeObject, originOf, type ObjectVerdict, type Origin, type PastRuns } from "./objects";
import { isRead, nameOf, RELEASE, type Exported, type StateResource } from "./stackState";

const NAMESPACE = "kubernetes:core/v1:Namespace";

/** An object that the stack wants, and its action. */
export interface JudgedObject {
    resource: StateResource;
    verdict: ObjectVerdict;
}

/** The objects of a stack in the cluster. */
export interface StackComparison {
    /** Objects that are not recorded, or that are being deleted. */
    objects: JudgedObject[];
    /** Recorded resources without an object. */
    missing: StateResource[];
    /** The number of recorded objects, without Helm releases. */
    recorded: number;
    /** Recorded resources that were never read from the cluster, for example after an interrupted repair. */
    unread: StateResource[];
}

/**
 * Compares a stack's state, and the resources that it would create next, with the objects in the cluster. Reads only.
 */
export async function compareWithCluster(
    client: ClusterClient,
    exported: Exported,
    planned: StateResource[],
    runs: PastRuns,
): Promise<StackComparison> {
    const finder = new OriginFinder(client);
    const { resources = [], pending_operations: operations = [] } = exported.deployment;
    const isOwn = ({ type, custom }: StateResource): boolean => custom && type.startsWith("kubernetes:");
    const isObject = (one: StateResource): boolean => isOwn(one) && one.type !== RELEASE;
    const recorded = resources.filter((one) => isObject(one) && one.delete !== true && !one.pendingReplacement);
    const unread = resources.filter(
        (one) => isOwn(one) && one.delete !== true && !one.pendingReplacement && !isRead(one),
    );
    const creating = operations.filter(({ type }) => type === "creating").map(({ resource }) => resource);
    const wanted = [...creating, ...planned.filter(({ urn }) => !creating.some((one) => one.urn === urn))];
    const homes = recorded.flatMap(({ type, id, external }) => (type === NAMESPACE && external !== true && id) || []);
    const objects: JudgedObject[] = [];
    const missing: StateResource[] = [];
    for (const resource of recorded) {
        const origin = await finder.find(named(resource));
        if (origin === undefined) missing.push(resource);
        else objects.push({ resource, verdict: judgeObject({ ...flags(resource), recorded: true, origin }, runs) });
    }
    for (const one of wanted.filter(isObject).filter(({ urn }) => !recorded.some((other) => other.urn === urn))) {
        const pending = creating.includes(one);
        const resource = pending ? one : await finder.withFoundName(one, recorded, runs);
        const origin = nameOf(resource) === undefined ? undefined : await finder.find(named(resource));
        const inOwnNamespace = homes.includes(namespaceOf(named(resource)));
        objects.push({ resource, verdict: judgeObject({ ...flags(resource), pending, inOwnNamespace, origin }, runs) });
    }
    return {
        objects: objects.filter(({ verdict }) => verdict.act !== "nothing"),
        missing,
        recorded: recorded.length,
        unread,
    };
}

/** The whole object, if it is added to the state. */
export async function readObject(client: ClusterClient, resource: StateResource): Promise<Manifest | undefined> {
    return (await new LiveObjects(client).find(named(resource))).live;
}

function flags({ type }: StateResource) {
    return { pending: false, recorded: false, patch: type.endsWith("Patch"), inOwnNamespace: false };
}

/** The object with its name in the cluster: from its ID if the state has one. */
function named({ type, id, inputs = {}, outputs = {} }: StateResource): Manifest {
    const { name, namespace } = { ...(inputs["metadata"] as object | undefined) } as Record<string, string>;
    const [last = name, above = namespace] = id === undefined ? [] : id.split("/").reverse();
    const [, group = "", kind = ""] = type.split(":");
    const apiVersion = inputs["apiVersion"] ?? outputs["apiVersion"] ?? group.replace(/^core\//, "");
    return { apiVersion, kind: kind.replace(/Patch$/, ""), metadata: { name: last, namespace: above } };
}

/** Reads only the metadata of objects, so that the content of Secrets stays in the cluster. */
class OriginFinder {
    private readonly client: ClusterClient;
    private readonly live: LiveObjects;

    constructor(client: ClusterClient) {
        this.client = client;
        this.live = new LiveObjects(client);
    }

    async find(manifest: Manifest): Promise<Origin | undefined> {
        const { collection } = await this.live.locate(manifest);
        if (collection === undefined) return undefined;
        const path = `${collection}/${(manifest["metadata"] as { name: string }).name}`;
        const object = requireAnswer(await this.client.get<ClusterObject>(path, METADATA), path);
        return object && originOf(object);
    }

    /** Each preview generates a new name, so this looks for the name from an interrupted run. */
    async withFoundName(wanted: StateResource, recorded: StateResource[], runs: PastRuns): Promise<StateResource> {
        const metadata = { ...(wanted.inputs?.["metadata"] as object | undefined) } as ClusterObject["metadata"];
        if (metadata.annotations?.["pulumi.com/autonamed"] !== "true") return wanted;
        const { collection } = await this.live.locate(named(wanted));
        if (collection === undefined) return wanted;
        const form = new RegExp(`^${wanted.urn.split("::").at(-1) ?? ""}-[0-9a-f]{8}$`);
        const listed = requireAnswer(
            await this.client.get<{ items: ClusterObject[] }>(collection, METADATA_LIST),
            collection,
        );
        const ids = recorded.map(({ id }) => id?.split("/").at(-1));
        const found = (listed?.items ?? [])
            .filter(({ metadata: { name } }) => form.test(name) && !ids.includes(name))
            .filter((item) => judgeObject({ ...flags(wanted), origin: originOf(item) }, runs).act === "adopt")
            .sort((left, right) => originOf(right).createdAt - originOf(left).createdAt)
            .at(0);
        if (found === undefined) return wanted;
        const { name } = found.metadata;
        return { ...wanted, inputs: { ...wanted.inputs, metadata: { ...metadata, name } } };
    }
}
