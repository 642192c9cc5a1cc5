import type { Deployment } from "./deployment";
import { decide, hideOutputs } from "./paths";
import type { Resource } from "./types";

/** Updates the state from the cluster. Changes nothing in the cluster. */
export async function refresh(deployment: Deployment): Promise<void> {
    const { state } = deployment.file;
    const { targets } = deployment.options;
    const chosen = state.resources.filter(({ urn }) => targets === undefined || targets.includes(urn));
    const look = async (resource: Resource): Promise<void> => {
        const before = { ...resource };
        if (resource.pendingReplacement === true) return;
        const provider = deployment.providers.for(resource);
        const found = resource.external === true ? provider?.adopt(resource) : provider?.read(resource);
        const gone = (await found) === false;
        if (resource.external === true) resource.inputs = {};
        if (gone) state.resources = state.resources.filter((entry) => entry !== resource);
        resource.outputs = hideOutputs(resource.outputs, resource.additionalSecretOutputs);
        // Fields that only the cluster wrote are not shown as changes.
        const difference = provider?.diff(resource, before);
        const changes = Object.keys(difference ? decide(difference, before.ignoreChanges).changes : {});
        const same = resource.external === true || changes.length === 0;
        const op = gone ? "delete" : same ? "same" : "update";
        deployment.step(op, resource);
        deployment.count(op);
    };
    const results = await Promise.allSettled(chosen.map(look));
    for (const result of results) if (result.status === "rejected") deployment.refuse((result.reason as Error).message);
}

/** Finds the results of interrupted operations, so that the next steps start from the real state. */
export async function settlePending(deployment: Deployment): Promise<void> {
    const { state } = deployment.file;
    for (const { step, resource, since } of [...state.pending]) {
        const { urn, type, name } = resource;
        deployment.log("warning", `The last run was interrupted during the ${step} of ${type} ${name}.`, urn);
        const provider = deployment.providers.for(resource);
        if (deployment.preview || provider === undefined) continue;
        const known = state.resources.find((entry) => entry.urn === urn && entry.delete === resource.delete);
        const making = step === "replace" || (step === "create" && known === undefined);
        const target = making ? resource : (known ?? resource);
        const ours = !/^(create|replace)$/.test(step) || (await provider.made(resource, since));
        const there = ours && (await provider.read(target));
        if (there) target.initErrors = ["interrupted"];
        // A resource to replace still exists, unless it was already deleted.
        const stays = making && known !== undefined && (!there || known.pendingReplacement !== true);
        if (stays && there) known.delete = true;
        const others = state.resources.filter((entry) => entry !== known || stays);
        state.resources = [...others, ...(there ? [target] : [])];
        state.pending = state.pending.filter((entry) => entry.resource !== resource);
        await deployment.file.save();
    }
}
