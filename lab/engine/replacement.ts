import type { Deployment } from "./deployment";
import { dependentsOf } from "./graph";
import { decide } from "./paths";
import type { Resource } from "./types";
import { providerIn } from "./urns";
import { UNKNOWN } from "./values";

/**
 * Resources to delete before a resource is deleted and recreated: those whose inputs depend on it and would replace
 * them.
 *
 * The result is in the order of dependencies.
 */
export function cascade(deployment: Deployment, root: Resource, urn: string): Resource[] {
    const { registered, file } = deployment;
    const open = file.state.resources.filter((entry) => entry.delete !== true && !registered.has(entry.urn));
    const going = new Set([root.urn]);
    const condemned: Resource[] = [];
    for (const resource of dependentsOf([root.urn], open, false)) {
        if (outlives(deployment, resource, going)) continue;
        going.add(resource.urn);
        condemned.push(resource);
    }
    for (const resource of open) {
        const bound = resource.replaceWith?.includes(urn) === true || resource.deletedWith === urn;
        if (bound && !going.has(resource.urn)) condemned.push(resource);
    }
    return condemned;
}

/** Whether a resource can stay unchanged if some others are recreated. */
function outlives({ providers }: Deployment, resource: Resource, going: Set<string>): boolean {
    const { custom, external, provider, deletedWith, propertyDependencies = {}, inputs } = resource;
    if (!custom || external === true) return true;
    if (provider !== undefined && going.has(providerIn(provider).urn)) return false;
    if (deletedWith !== undefined && going.has(deletedWith)) return false;
    const open = Object.keys(inputs).filter((key) => propertyDependencies[key]?.some((urn) => going.has(urn)));
    if (open.length === 0) return true;
    const unknown = { ...inputs, ...Object.fromEntries(open.map((key) => [key, UNKNOWN])) };
    const difference = providers.for(resource)?.diff(resource, { ...resource, inputs: unknown });
    if (difference === undefined) return true;
    const { replaces, replace } = decide(difference, resource.ignoreChanges, resource.replaceOnChanges);
    return replaces.length === 0 && replace !== true;
}
