import { nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { deepMergeAsHelm, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { containersOf, podTemplateOf } from "../workload/podTemplates";
import type { MeshConfigSource } from "./configurationSource";

/** The revision of a control plane that names none. */
export const DEFAULT_REVISION = "default";

/** The name of the ConfigMap that users of AKS can write, besides the one that AKS manages. */
export const AKS_SHARED = /^istio-shared-configmap-/;

/** The ConfigMaps that istiod reads in addition to its own: from its environment, or by AKS' naming convention. */
export function sharedConfigMaps(objects: Manifest[]): {
    beside: (namespace: string, name: string) => string;
    isShared: (object: Manifest) => boolean;
} {
    const named = new Map<string, string>();
    for (const object of objects) {
        for (const { container } of containersOf(podTemplateOf(object) ?? { spec: {} })) {
            const valueOf = (name: string): string | undefined =>
                textAt(
                    listAt(container, "env").find((variable) => variable["name"] === name),
                    "value",
                );
            const shared = valueOf("SHARED_MESH_CONFIG");
            const revision = valueOf("REVISION") ?? DEFAULT_REVISION;
            const own = revision === DEFAULT_REVISION ? "istio" : `istio-${revision}`;
            if (shared !== undefined && shared !== "") named.set(`${namespaceOf(object)}/${own}`, shared);
        }
    }
    const names = new Set([...named].map(([own, shared]) => `${own.slice(0, own.indexOf("/"))}/${shared}`));
    return {
        beside: (namespace, name) =>
            named.get(`${namespace}/${name}`) ?? name.replace(/^istio-/, "istio-shared-configmap-"),
        isShared: (object) => names.has(`${namespaceOf(object)}/${nameOf(object)}`),
    };
}

/** Merges as istiod does: its own ConfigMap overrides the shared one, and providers are merged by name. */
export function joinMeshes(shared: MeshConfigSource, own: MeshConfigSource): MeshConfigSource {
    const providers = [...listAt(own.config, "extensionProviders"), ...listAt(shared.config, "extensionProviders")];
    const byName = new Map(
        providers.map((provider) => [provider["name"], provider]).reverse() as [unknown, Manifest][],
    );
    const deep = (key: string): Manifest => deepMergeAsHelm(mapAt(shared.config, key), mapAt(own.config, key));
    const holder = listAt(shared.config, "extensionProviders").length > 0 ? shared : own;
    return {
        ...own,
        ...{ resource: holder.resource, object: holder.object },
        config: {
            ...{ ...shared.config, ...own.config, extensionProviders: [...byName.values()] },
            ...{ defaultConfig: deep("defaultConfig"), defaultProviders: deep("defaultProviders") },
        },
        dropped: [...shared.dropped, ...own.dropped],
    };
}
