import { isPlainObject } from "../shared/values/plainObjects";
import { type Manifest } from "../shared/kubernetes/manifest";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * A resource of Pulumi's Kubernetes provider as the object that it writes; a Helm Release as an object with its inputs
 * below `spec`. Undefined for every other resource, for lists, and for patches of anything but namespaces, because
 * rules need whole objects.
 *
 * @param type such as `kubernetes:apps/v1:Deployment`.
 * @param props read lazily, so that values that a preview does not know yet are not touched.
 */
export function resourceManifest(type: string, props: Record<string, unknown>): Manifest | undefined {
    if (type === RELEASE) {
        return { apiVersion: "helm.sh/v3", kind: "Release", metadata: props, spec: props };
    }
    const [, version, kind] = /^kubernetes:([^:]+):([A-Za-z]+)$/.exec(type) ?? [];
    if (version === undefined || kind === undefined || !isPlainObject(props["metadata"])) return undefined;
    const patch = kind.endsWith("Patch");
    if (kind.endsWith("List") || (patch && kind !== "NamespacePatch")) return undefined;
    const apiVersion = version.startsWith("core/") ? version.slice("core/".length) : version;
    return lazily(props, { apiVersion, kind: patch ? "Namespace" : kind });
}

/** The defaults, overridden by the properties, which are read lazily. */
function lazily(props: Record<string, unknown>, defaults: Record<string, unknown>): Manifest {
    const manifest = { ...defaults };
    for (const key of Object.keys(props))
        Object.defineProperty(manifest, key, { enumerable: true, get: () => props[key] });
    return manifest;
}
