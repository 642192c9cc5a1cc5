import type { Manifest } from "../../shared/kubernetes/manifest";
import { isPlainObject } from "../../shared/values/plainObjects";

/** Maps whose keys are the user's own, not fields. */
const FREE_MAPS = ["customTags", "runtimeValues", "proxyMetadata", "labels", "matchLabels", "resourceAnnotations"];

/** Fields that istiod reads only in this spelling. In the other one, it drops them silently. */
const CAMEL_ONLY = ["defaultConfig", "defaultProviders"];

/** A mesh configuration as istiod reads it. */
export interface MeshFields {
    /** Fields by their names in Istio's reference, without those that istiod drops. */
    config: Manifest;
    /** Fields that istiod drops because of their spelling, as written. */
    dropped: string[];
}

/**
 * Reads the fields of a mesh configuration as istiod does: it accepts `extension_providers` for `extensionProviders`
 * and other fields below in snake_case, but drops `default_config` and `default_providers`.
 *
 * Source: https://github.com/istio/istio/blob/1.31.1/pkg/config/mesh/mesh.go (ApplyMeshConfig)
 */
export function readMeshFields(raw: Manifest): MeshFields {
    const dropped = Object.keys(raw).filter((key) => isSnakeCase(key) && CAMEL_ONLY.includes(camelCase(key)));
    const kept = Object.fromEntries(Object.entries(raw).filter(([key]) => !dropped.includes(key)));
    return { config: camelFields(kept), dropped };
}

/** A proxy configuration with the field names of Istio's reference. Istio accepts both spellings. */
export function camelFields(map: Manifest): Manifest {
    const fields = Object.entries(map);
    // The spelling of the reference overrides the other one.
    const ordered = [...fields.filter(([key]) => isSnakeCase(key)), ...fields.filter(([key]) => !isSnakeCase(key))];
    return Object.fromEntries(
        ordered.map(([key, value]) => {
            const name = camelCase(key);
            if (!isPlainObject(value) || !FREE_MAPS.includes(name)) return [name, camelValue(value)];
            return [name, Object.fromEntries(Object.entries(value).map(([own, inner]) => [own, camelValue(inner)]))];
        }),
    );
}

function camelValue(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(camelValue);
    return isPlainObject(value) ? camelFields(value) : value;
}

/** The name of a field in Istio's reference. */
export function camelCase(name: string): string {
    return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** True for a field in the spelling of Istio's API sources, such as `default_config`. */
export function isSnakeCase(name: string): boolean {
    return /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name);
}

/** The fields of a mesh configuration in snake_case, each as its path of keys, without the user's own keys. */
export function snakeCaseFields(map: Manifest, path: string[] = []): string[][] {
    return Object.entries(map).flatMap(([key, value]) => {
        const here = [...path, key];
        const below = Array.isArray(value)
            ? value.filter(isPlainObject).flatMap((item) => snakeCaseFields(item, here))
            : isPlainObject(value)
              ? FREE_MAPS.includes(camelCase(key))
                  ? Object.entries(value).flatMap(([own, inner]) =>
                        isPlainObject(inner) ? snakeCaseFields(inner, [...here, own]) : [],
                    )
                  : snakeCaseFields(value, here)
              : [];
        return isSnakeCase(key) ? [here, ...below] : below;
    });
}
