import { setTimeout } from "node:timers/promises";
import { formatBlocks, type SettingsProblem } from "../../components/settings/problems";
import type { ClusterClient } from "../../shared/cluster/client";
import type { Failure } from "../../shared/cluster/facts";
import { UserError } from "../../shared/terminal/errors";
import type { PlainObject } from "../../shared/values/plainObjects";
import { requireAnswer } from "../cluster/connect";
import {
    addedProvider,
    addToConfigMap,
    addToIstio,
    removeFromConfigMap,
    removeFromIstio,
    type Change,
    type MeshHolder,
} from "./addedProvider";

/** An object of the mesh's owner that holds the mesh configuration and that its installer reads, but never overwrites. */
export interface HolderKind {
    /** For people. */
    name: string;
    /** Its collection in the API, and its own name there. */
    collection: string;
    object: string;
    add: (object: MeshHolder, provider: PlainObject) => Change;
    remove: (object: MeshHolder) => Change;
    /** An empty one, if the program may create it. */
    empty?: MeshHolder;
}

/** The `Istio` of a Sail operator. */
export function sailHolder(name: string): HolderKind {
    return {
        name: `Istio ${name}`,
        collection: "/apis/sailoperator.io/v1/istios",
        object: name,
        add: addToIstio,
        remove: removeFromIstio,
    };
}

/** The ConfigMap that AKS merges under its own: https://learn.microsoft.com/azure/aks/istio-meshconfig */
export function aksHolder(namespace: string, revision: string): HolderKind {
    const name = `istio-shared-configmap-${revision}`;
    return {
        name: `ConfigMap ${namespace}/${name}`,
        collection: `/api/v1/namespaces/${namespace}/configmaps`,
        object: name,
        add: addToConfigMap,
        remove: removeFromConfigMap,
        empty: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: {} },
    };
}

/** What became of an object. */
export interface HolderChange {
    holder: string;
    /** `none` if it is already as it has to be. */
    action: "created" | "changed" | "deleted" | "none";
}

/** How often a change is tried while others write the same object. */
const TRIES = 8;
const PAUSE_MS = 200;
const CONFLICT = 409;

/**
 * Adds the provider to a holder, or removes it again: reads the object, changes it, and writes it only if nobody else has
 * written it meanwhile; otherwise, starts again.
 *
 * @param provider undefined removes what an earlier run has added.
 * @param write false only reads, and says what it would do.
 * @throws UserError with exit code 1 if the object must not be changed, with 2 if there is no answer.
 */
export async function changeHolder(
    client: ClusterClient,
    kind: HolderKind,
    provider: PlainObject | undefined,
    write: boolean,
): Promise<HolderChange> {
    for (let tries = 1; ; tries++) {
        const path = `${kind.collection}/${kind.object}`;
        const found = requireAnswer(await client.get<MeshHolder>(path), kind.name);
        const plan = planChange(kind, found, provider);
        if (plan.action === "none" || !write) return { holder: kind.name, action: plan.action };
        const failure = await send(client, kind, plan);
        if (failure === undefined) return { holder: kind.name, action: plan.action };
        if (failure.status !== CONFLICT) requireAnswer({ failure }, kind.name);
        if (tries >= TRIES) {
            throw new UserError(
                `${kind.name}: expected to write it within ${String(TRIES)} tries, but somebody else changed it each time. ` +
                    "Nothing was written. Next: find out who writes it (managedFields), then run this command again.",
                2,
            );
        }
        await setTimeout(PAUSE_MS);
    }
}

/** The provider that an earlier run has added to a holder; undefined if none has. */
export async function readAddedProvider(client: ClusterClient, kind: HolderKind): Promise<PlainObject | undefined> {
    const path = `${kind.collection}/${kind.object}`;
    const found = requireAnswer(await client.get<MeshHolder>(path), kind.name);
    return found && addedProvider(found);
}

interface Plan {
    action: HolderChange["action"];
    object: MeshHolder;
}

function planChange(kind: HolderKind, found: MeshHolder | undefined, provider: PlainObject | undefined): Plan {
    const before = found ?? kind.empty;
    if (before === undefined) {
        throw new UserError(
            `${kind.name}: expected it to exist, because istiod belongs to it, got none. Nothing was written. ` +
                "Next: find out who installed this Istio (docs/existing-mesh.md).",
            1,
        );
    }
    const change = provider === undefined ? kind.remove(before) : kind.add(before, provider);
    if ("problems" in change) throw refusal(change.problems);
    if (change.object === before) return { action: "none", object: before };
    if (found === undefined) return { action: "created", object: change.object };
    return { action: change.obsolete === true ? "deleted" : "changed", object: change.object };
}

async function send(client: ClusterClient, kind: HolderKind, { action, object }: Plan): Promise<Failure | undefined> {
    const path = `${kind.collection}/${kind.object}`;
    const { uid = "", resourceVersion } = object.metadata;
    const answer =
        action === "created"
            ? await client.post(kind.collection, object)
            : action === "deleted"
              ? await client.delete(path, uid, resourceVersion)
              : await client.put(path, object);
    if ("failure" in answer) return answer.failure;
    // It was deleted after it was read.
    return answer.value === undefined && action === "changed"
        ? { kind: "unexpected", reason: "it is gone", status: CONFLICT }
        : undefined;
}

/** Why nothing may be written, with exit code 1. */
export function refusal(problems: SettingsProblem[]): UserError {
    return new UserError(`nothing was written:\n${formatBlocks(problems)}`, 1);
}
