import { setTimeout } from "node:timers/promises";
import { emptyIfGone, isGone, KubeError, type KubeClient } from "./client";
import { compare, prune } from "./diff";
import * as objects from "./objects";
import { annotation, nameOf, namespaceOf, uniqueName } from "./objects";
import { judge } from "./ready";
import { PartialError, type Provider, type Resource, type Run } from "./types";
import { at, hasUnknown, listAt, markSecrets, merge, reveal, textAt, UNKNOWN, type Values } from "./values";

const manager = "pulumi-kubernetes";
const isPatch = ({ type }: Resource): boolean => type.endsWith("Patch");

/** Objects of the Kubernetes API, with the behavior of the Kubernetes provider. */
export function kubernetesProvider(connect: () => KubeClient, namespace?: string): Provider {
    const pathOf = async ({ inputs, outputs }: Resource): Promise<string> => {
        const object = nameOf(outputs) === "" ? inputs : outputs;
        const [version, kind] = [textAt(inputs, "apiVersion"), textAt(inputs, "kind")];
        return `${await connect().collection(version, kind, namespaceOf(object))}/${nameOf(object)}`;
    };
    const keep = (resource: Resource, live: Values): void => {
        resource.id = [namespaceOf(live), nameOf(live)].filter((part) => part !== "").join("/");
        resource.outputs = markSecrets(live, resource.inputs);
    };
    /** Server-side apply, which the provider uses for updates and patches. It takes fields of others only if asked to. */
    const apply = (path: string, body: unknown, fieldManager: string): Promise<Values> => {
        const query = { fieldManager, ...(annotation(body, "patchForce") === "true" && { force: "true" }) };
        return connect()
            .call("PATCH", path, { body, query, type: "application/apply-patch+yaml" })
            .catch((error: unknown) => {
                throw explain(error);
            });
    };
    /** Reads an object (empty if it is gone) until `open` returns no reason to wait. */
    const wait = async (
        resource: Resource,
        limit: number | undefined,
        run: Run,
        open: (object: Values) => Promise<string | undefined> | string | undefined,
    ): Promise<void> => {
        const seconds = limit ?? (Number(annotation(resource.inputs, "timeoutSeconds")) || 600);
        const end = Date.now() + seconds * 1000;
        const path = await pathOf(resource);
        for (;;) {
            const reason = await open(await connect().call("GET", path).catch(emptyIfGone));
            if (reason === undefined) return;
            run.waiting(reason);
            if (run.signal?.aborted) throw new PartialError(`interrupted while waiting: ${reason}`);
            if (Date.now() >= end) throw new PartialError(`timed out after ${seconds} s: ${reason}`);
            await setTimeout(150);
        }
    };
    /** Waits until the object is ready. The resource then contains its last live form, even after a failure. */
    const settle = async (resource: Resource, made: Values, old: Resource | undefined, run: Run): Promise<void> => {
        keep(resource, made);
        const limit = old === undefined ? resource.timeouts?.create : resource.timeouts?.update;
        await wait(resource, limit, run, (live) => {
            if (nameOf(live) === "") throw new PartialError("it was deleted during the wait");
            keep(resource, live);
            return judge(connect(), live);
        });
    };
    return {
        check: (resource, old) => {
            if (isPatch(resource) && nameOf(resource.inputs) === "")
                throw new Error("patch resources require the `.metadata.name` field to be set");
            return markSecrets(objects.complete(resource.inputs, resource.name, old, namespace), resource.inputs);
        },
        diff: (old, next) => {
            const inputs = reveal(next.inputs);
            const live = prune(reveal(old.outputs), reveal(old.inputs)) as Values;
            const same = nameOf(inputs) === nameOf(old.outputs) && namespaceOf(inputs) === namespaceOf(old.outputs);
            const difference = compare(live, inputs, objects.forceNewProperties(inputs));
            // Unknown metadata may contain another name.
            if (inputs["metadata"] === UNKNOWN) difference.replaces.push("metadata");
            const deleteBeforeReplace = same && annotation(inputs, "autonamed") !== "true";
            return { ...difference, deleteBeforeReplace };
        },
        foresee: (next, old) =>
            merge(old === undefined || hasUnknown(next.inputs) ? {} : old.outputs, next.inputs) as Values,
        create: async (resource, run) => {
            // A namespace or a CRD of the same run may need another moment.
            const end = Date.now() + 31_000;
            for (;;) {
                try {
                    const path = await pathOf(resource);
                    const call = { body: reveal(resource.inputs), query: { fieldManager: manager } };
                    const made = isPatch(resource)
                        ? await apply(path, call.body, (resource.fieldManager ??= uniqueName(manager)))
                        : await connect().call("POST", path.slice(0, path.lastIndexOf("/")), call);
                    await settle(resource, made, undefined, run);
                    return;
                } catch (error) {
                    if (!isGone(error) || Date.now() > end || run.signal?.aborted) throw explain(error);
                    run.waiting(error.message);
                    await setTimeout(250);
                }
            }
        },
        update: async (next, old, run) => {
            const path = await pathOf(old);
            const live = await connect().call("GET", path);
            const fieldManager = (next.fieldManager = old.fieldManager ?? uniqueName(manager));
            const resourceVersion = at(live, "metadata", "resourceVersion");
            const body = reveal(next.inputs);
            const entries = isPatch(next) ? undefined : objects.takenOver(live, fieldManager);
            if (entries !== undefined) {
                const values = { "/metadata/managedFields": entries, "/metadata/resourceVersion": resourceVersion };
                const steps = Object.entries(values).map(([field, value]) => ({ op: "replace", path: field, value }));
                await connect().call("PATCH", path, { body: steps, type: "application/json-patch+json" });
            }
            return settle(next, await apply(path, body, fieldManager), old, run);
        },
        delete: async (resource, run) => {
            // An apply without fields removes everything that nobody else owns. It would recreate an object that is
            // gone.
            if (isPatch(resource)) {
                const { inputs } = objects.identify(resource.type.slice(0, -"Patch".length), resource.id ?? "");
                await apply(await pathOf(resource), inputs, resource.fieldManager ?? manager);
                return;
            }
            try {
                const given = annotation(resource.inputs, "deletionPropagationPolicy");
                const propagationPolicy = given === "background" ? "Background" : "Foreground";
                await connect().call("DELETE", await pathOf(resource), { body: { propagationPolicy } });
                await wait(resource, resource.timeouts?.delete, run, objects.remains);
            } catch (error) {
                if (!isGone(error)) throw error;
            }
        },
        read: async (resource) => {
            const [inputs, outputs] = [reveal(resource.inputs), reveal(resource.outputs)];
            const path = pathOf(resource);
            const live = await path.then((found) => connect().call("GET", found)).catch(emptyIfGone);
            const going = at(live, "metadata", "deletionTimestamp") !== undefined;
            if (going) await wait(resource, undefined, { waiting: () => undefined }, objects.remains);
            if (going || nameOf(live) === "") return false;
            const now = objects.drifted(inputs, prune(outputs, inputs), prune(live, inputs)) as Values;
            resource.inputs = markSecrets(now, resource.inputs);
            keep(resource, live);
            const open = await judge(connect(), live);
            resource.initErrors = open === undefined ? undefined : [open];
            return true;
        },
        adopt: async (resource) => {
            Object.assign(resource, objects.identify(resource.type, resource.id ?? ""));
            const live = await pathOf(resource).then((path) => connect().call("GET", path).catch(emptyIfGone));
            if (nameOf(live) === "") return false;
            resource.inputs = objects.inputsOf(live);
            resource.outputs = markSecrets(live, resource.inputs);
            return true;
        },
        made: async (resource, since) => {
            const path = await pathOf(resource).catch(() => "/");
            const live = await connect()
                .call("GET", path)
                .catch(() => undefined);
            const managers = listAt(live, "metadata", "managedFields").map((entry) => textAt(entry, "manager"));
            // The API server's timestamps have a resolution of one second.
            const young = Date.parse(textAt(live, "metadata", "creationTimestamp")) >= Date.parse(since) - 1000;
            return young && managers.some((name) => name.startsWith(manager));
        },
    };
}

function explain(error: unknown): unknown {
    if (!(error instanceof KubeError) || error.code !== 409) return error;
    const owned = "Another manager owns these fields. Remove them from the inputs, or from the other manager.";
    return new Error(`${error.message}\n${error.reason === "AlreadyExists" ? "Remove or import it." : owned}`);
}
