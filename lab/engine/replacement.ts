import type { Deployment } from "./deployment";
import { dependentsOf } from "./graph";
import { decide } from "./paths";
import type { Resource } from "./types";
import { providerIn } from "./urns";
import { UNKNOWN } from "./values";

/** A resource that has to go when another one does, and the properties because of which. */
export interface Condemned {
    resource: Resource;
    keys: string[];
}

/**
 * What must be deleted before a resource is deleted and made anew: all whose inputs come from it and would replace it.
 *
 * The result is in the order of dependencies.
 */
export function cascade(deployment: Deployment, root: Resource, urn: string): Condemned[] {
    const { registered, file } = deployment;
    const open = file.state.resources.filter((entry) => entry.delete !== true && !registered.has(entry.urn));
    const going = new Set([root.urn]);
    const condemned: Condemned[] = [];
    for (const resource of dependentsOf([root.urn], open, false)) {
        const keys = reasons(deployment, resource, going);
        if (keys === undefined) continue;
        going.add(resource.urn);
        condemned.push({ resource, keys });
    }
    for (const resource of open) {
        const bound = resource.replaceWith?.includes(urn) === true || resource.deletedWith === urn;
        if (bound && !going.has(resource.urn)) condemned.push({ resource, keys: [] });
    }
    return condemned;
}

/** Why a resource cannot outlive some others; undefined when it can. */
function reasons({ providers }: Deployment, resource: Resource, going: Set<string>): string[] | undefined {
    const { custom, external, provider, deletedWith, propertyDependencies = {}, inputs } = resource;
    if (!custom || external === true) return undefined;
    if (provider !== undefined && going.has(providerIn(provider).urn)) return [];
    if (deletedWith !== undefined && going.has(deletedWith)) return [];
    const open = Object.keys(inputs).filter((key) => propertyDependencies[key]?.some((urn) => going.has(urn)));
    if (open.length === 0) return undefined;
    const unknown = { ...inputs, ...Object.fromEntries(open.map((key) => [key, UNKNOWN])) };
    const difference = providers.for(resource)?.diff(resource, { ...resource, inputs: unknown });
    if (difference === undefined) return undefined;
    const { replaces } = decide(difference, resource.ignoreChanges, resource.replaceOnChanges);
    return replaces.length > 0 ? replaces : undefined;
}
