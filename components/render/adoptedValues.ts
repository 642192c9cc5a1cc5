import { addProvider, hasProvider, removeProvider } from "../../checks/mesh/providerEntry";
import { mapAt, omit, type PlainObject } from "../../shared/values/plainObjects";

/**
 * The values of an adopted release of the istiod chart: its owner's, verbatim, and the tracing provider. Nothing else is
 * set, so that no object but the mesh configuration changes.
 */
export function renderAdoptedValues(former: PlainObject, provider: PlainObject): PlainObject {
    return { ...former, meshConfig: addProvider(mapAt(former, "meshConfig"), provider) };
}

/** The owner's values in those of a release, whether {@link renderAdoptedValues} has changed them or not. */
export function formerValues(values: PlainObject, provider: PlainObject): PlainObject {
    const mesh = mapAt(values, "meshConfig");
    if (!hasProvider(mesh, provider)) return values;
    const former = removeProvider(mesh, provider);
    return Object.keys(former).length > 0 ? { ...values, meshConfig: former } : omit(values, "meshConfig");
}
