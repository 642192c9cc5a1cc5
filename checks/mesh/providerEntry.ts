import { canonicalJson, itemsAt, omit, type PlainObject } from "../../shared/values/plainObjects";

/**
 * A mesh configuration with a provider behind its own; the same if it has exactly this one. istiod reads it while it
 * runs, and sidecars get it within seconds, without a restart.
 */
export function addProvider(mesh: PlainObject, provider: PlainObject): PlainObject {
    const own = itemsAt(mesh, "extensionProviders");
    return hasProvider(mesh, provider) ? mesh : { ...mesh, extensionProviders: [...own, provider] };
}

/** The same without exactly this provider, and without its list if nothing else is in it. */
export function removeProvider(mesh: PlainObject, provider: PlainObject): PlainObject {
    if (!hasProvider(mesh, provider)) return mesh;
    const left = itemsAt(mesh, "extensionProviders").filter((own) => !isSame(own, provider));
    return left.length === 0 ? omit(mesh, "extensionProviders") : { ...mesh, extensionProviders: left };
}

/** True if a mesh configuration has exactly this provider. */
export function hasProvider(mesh: PlainObject, provider: PlainObject): boolean {
    return itemsAt(mesh, "extensionProviders").some((own) => isSame(own, provider));
}

function isSame(left: unknown, right: unknown): boolean {
    return canonicalJson(left) === canonicalJson(right);
}
