import { camelFields } from "../../checks/mesh/fieldNames";
import type { PodObject } from "../../shared/kubernetes/objects";
import { PROXY_CONFIG_ANNOTATION } from "../../shared/names/istio";
import { at, isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { parseText } from "../parseText";
import { proxyConfigOf } from "./collector";
import type { Mesh } from "./mesh";

/**
 * Where a field of a running sidecar's proxy configuration comes from: the pod's annotation, the mesh configuration, or
 * the mesh configuration at the time when the pod started, which no longer has the field.
 */
export type ProxyConfigSource = "annotation" | "mesh" | "meshAtStart";

/** The proxy configuration in a pod's annotation; empty without one, or if it is not a map. */
export function annotatedConfig({ metadata }: PodObject): PlainObject {
    const config = parseText(metadata.annotations?.[PROXY_CONFIG_ANNOTATION] ?? "");
    return isPlainObject(config) ? camelFields(config) : {};
}

/**
 * The source of a field of a pod's proxy configuration; undefined if its sidecar started without the field.
 *
 * @param keys path of the field, in the spelling of Istio's reference
 */
export function sourceOfField(pod: PodObject, { config }: Mesh, keys: string[]): ProxyConfigSource | undefined {
    if (at(annotatedConfig(pod), ...keys) !== undefined) return "annotation";
    if (at(proxyConfigOf(pod), ...keys) === undefined) return undefined;
    return at(config.defaultConfig, ...keys) === undefined ? "meshAtStart" : "mesh";
}
