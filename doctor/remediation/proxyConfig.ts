import type { PodObject } from "../../shared/kubernetes/objects";
import { PROXY_CONFIG_ANNOTATION } from "../../shared/names/istio";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { templateCommands } from "../analyzers/sidecar/injection";
import { annotatedConfig, sourceOfField, type ProxyConfigSource } from "../inventory/proxyConfig";
import { configMapOf, fullName, type Mesh } from "../inventory/mesh";
import { restartCommands, rollableOf } from "../inventory/workload";
import { formatCommand, toYaml, type Command } from "./commands";
import { meshConfigCommand } from "./istioConfiguration";

/** Where a field of a proxy configuration is set, and how to remove it. */
export interface FieldRemoval {
    /** The object that sets it. */
    resource: string;
    /** Its place there, for people. */
    place: string;
    cure: string;
    commands: Command[];
}

/**
 * How to remove a field from the proxy configuration of a pod.
 *
 * @param pods every pod of the path that may have it from the same source
 */
export function removeField(
    pod: PodObject,
    source: ProxyConfigSource,
    keys: string[],
    { mesh, pods }: { mesh: Mesh; pods: PodObject[] },
): FieldRemoval {
    const field = describeField(keys);
    if (source === "annotation") {
        return {
            resource: `Pod ${fullName(pod)}`,
            place: `its annotation ${PROXY_CONFIG_ANNOTATION}`,
            cure: `Remove ${field} from the annotation ${PROXY_CONFIG_ANNOTATION} of the pod template.`,
            commands: annotationCommands(pod, keys),
        };
    }
    const started = pods.filter((one) => ["mesh", "meshAtStart"].includes(sourceOfField(one, mesh, keys) ?? ""));
    const restarts = distinct([pod, ...started].flatMap(restartCommands));
    if (source === "meshAtStart") {
        return {
            resource: `Pod ${fullName(pod)}`,
            place: "defaultConfig of the mesh configuration at the time when the pod started",
            cure: "The mesh configuration no longer has it. Restart the workload: a sidecar reads it only when it starts.",
            commands: restarts,
        };
    }
    return {
        resource: `ConfigMap ${configMapOf(mesh)}`,
        place: "defaultConfig of the mesh configuration",
        cure:
            `Remove defaultConfig.${field} from the mesh configuration, also in the source that Istio's installer uses. Then restart every workload ` +
            "of the mesh: a sidecar reads it only when it starts. The commands restart those of the path.",
        commands: [
            meshConfigCommand(mesh, (config) => ({
                ...config,
                defaultConfig: without({ ...config.defaultConfig }, keys),
            })),
            ...restarts,
        ],
    };
}

/** `proxyHeaders.requestId.disabled`, or `runtimeValues["tracing.random_sampling"]`. */
export function describeField(keys: string[]): string {
    return keys.reduce(
        (text, key) => (key.includes(".") ? `${text}["${key}"]` : text === "" ? key : `${text}.${key}`),
        "",
    );
}

/** A copy of a map without the field at a path of keys, and without maps that become empty. */
export function without(map: PlainObject, [key = "", ...below]: string[]): PlainObject {
    const { [key]: inner, ...rest } = map;
    if (below.length === 0 || !isPlainObject(inner)) return rest;
    const left = without(inner, below);
    return Object.keys(left).length === 0 ? rest : { ...map, [key]: left };
}

function annotationCommands(pod: PodObject, keys: string[]): Command[] {
    const workload = rollableOf(pod);
    if (workload === undefined) return [];
    const left = without(annotatedConfig(pod), keys);
    const text = Object.keys(left).length === 0 ? null : toYaml(left);
    return templateCommands(workload, pod, { metadata: { annotations: { [PROXY_CONFIG_ANNOTATION]: text } } });
}

function distinct(commands: Command[]): Command[] {
    return [...new Map(commands.map((command) => [formatCommand(command), command])).values()];
}
