import { Stopped, type Deployment } from "./deployment";
import { dependentsOf, layers } from "./graph";
import type { Resource, Run } from "./types";

async function all(work: Promise<void>[]): Promise<void> {
    for (const result of await Promise.allSettled(work)) {
        if (result.status === "rejected") throw result.reason as Error;
    }
}

/** How one resource is deleted; does nothing if it must stay, or is deleted with another one. */
function deletion(deployment: Deployment, target: Resource, going: Resource[]): (run: Run) => Promise<void> {
    const taken = going.some(({ urn }) => urn === target.deletedWith);
    const kept = target.external === true || target.retainOnDelete === true || taken;
    const provider = kept ? undefined : deployment.providers.for(target);
    return async (run) => provider?.delete(target, run);
}

/** The resources among these that can be deleted: the targets, if nothing else needs them. */
function permitted(deployment: Deployment, resources: Resource[]): Resource[] {
    const { targets } = deployment.options;
    if (targets === undefined) return resources;
    const wanted = resources.filter(({ urn }) => targets.includes(urn));
    const needing = dependentsOf(
        wanted.map(({ urn }) => urn),
        resources,
        true,
    );
    for (const { name, urn } of needing.filter((entry) => !targets.includes(entry.urn)))
        deployment.object(`cannot delete what ${name} needs: ${urn} is not a target`, urn);
    const going = new Set([...wanted, ...needing]);
    for (const entry of resources) if (!going.has(entry)) deployment.count("same");
    return [...going];
}

/** Deletes resources layer by layer, each after all of its dependents, as the CLI does. */
export async function remove(deployment: Deployment, resources: Resource[]): Promise<void> {
    const going = permitted(deployment, resources);
    for (const layer of layers(going).reverse()) {
        await all(layer.map((target) => removeOne(deployment, target, going)));
        if (deployment.halted) throw new Stopped();
    }
}

async function removeOne(deployment: Deployment, target: Resource, going: Resource[]): Promise<void> {
    // Already deleted, and its replacement is no longer wanted.
    if (target.pendingReplacement === true) {
        deployment.store(target);
        return;
    }
    const op = target.external === true ? "discard" : "delete";
    const shown = target.delete !== true;
    if (shown) deployment.step(op, target);
    if (target.protect === true && shown) {
        const { urn, name } = target;
        deployment.object(`cannot delete ${name}: it is protected`, urn, { kind: "operation", step: "delete", urn });
        return;
    }
    if (!deployment.preview) {
        const act = deletion(deployment, target, going);
        await deployment.perform("delete", target, act, () => {
            deployment.store(target);
        });
    }
    if (shown) deployment.count(op);
}

/** Deletes resources to recreate, one after the other. The state records them until then. */
export async function removeForReplacement(deployment: Deployment, targets: Resource[]): Promise<void> {
    const root = targets.at(-1);
    const guarded = targets.find((entry) => entry !== root && entry.protect === true);
    if (guarded !== undefined) throw deployment.refuse(`cannot replace ${guarded.name}: it is protected`, guarded.urn);
    for (const target of targets.filter((entry) => entry.pendingReplacement !== true)) {
        const gone = (): void => {
            target.pendingReplacement = true;
        };
        if (deployment.preview) gone();
        else await deployment.perform("delete", target, deletion(deployment, target, targets), gone);
    }
}
