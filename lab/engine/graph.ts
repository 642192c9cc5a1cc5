import type { Resource } from "./types";
import { providerIn } from "./urns";

/** The URNs of a resource's dependencies, without its parent. */
function needs(resource: Resource): string[] {
    const { dependencies, propertyDependencies = {}, deletedWith, replaceWith = [], provider } = resource;
    const all = [...dependencies, ...Object.values(propertyDependencies).flat(), ...replaceWith];
    if (deletedWith !== undefined) all.push(deletedWith);
    if (provider !== undefined) all.push(providerIn(provider).urn);
    return all;
}

const leansOn = (resource: Resource, urns: Set<string>, children: boolean): boolean =>
    needs(resource).some((urn) => urns.has(urn)) ||
    (children && resource.parent !== undefined && urns.has(resource.parent));

/**
 * All direct and indirect dependents of some resources, each after its dependencies.
 *
 * @param children Whether a child depends on its parent.
 */
export function dependentsOf(roots: string[], resources: Resource[], children: boolean): Resource[] {
    const found = new Set<Resource>();
    const urns = new Set(roots);
    for (let size = -1; size < found.size;) {
        size = found.size;
        for (const resource of resources) {
            if (urns.has(resource.urn) || !leansOn(resource, urns, children)) continue;
            found.add(resource);
            urns.add(resource.urn);
        }
    }
    return layers([...found]).flat();
}

/** Resources in layers: each depends only on earlier layers. */
export function layers(resources: Resource[]): Resource[][] {
    const open = new Set(resources);
    const result: Resource[][] = [];
    while (open.size > 0) {
        const free = [...open].filter((resource) => {
            const others = [...open].filter(({ urn }) => urn !== resource.urn);
            return !leansOn(resource, new Set(others.map(({ urn }) => urn)), true);
        });
        // A cycle cannot be ordered, so it forms one layer.
        const layer = free.length > 0 ? free : [...open];
        for (const resource of layer) open.delete(resource);
        result.push(layer);
    }
    return result;
}
