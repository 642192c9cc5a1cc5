import { namespaceOf, refOf, resourceName, type Manifest, type ObjectRef } from "../../shared/kubernetes/manifest";
import { selects } from "../../shared/kubernetes/labelSelectors";
import { isPlainObject, listAt, mapAt, textAt } from "../../shared/values/plainObjects";

/** The pods that an object creates. */
export interface PodTemplate {
    /** `Kind namespace/name` of the object that creates them. */
    resource: string;
    /** The same object as data. */
    object: ObjectRef;
    namespace: string | undefined;
    metadata: Manifest;
    spec: Manifest;
}

/** A container of a pod. */
export interface PodContainer {
    name: string;
    /** True for a container that completes before the others start; false for a native sidecar. */
    init: boolean;
    container: Manifest;
}

const PATHS: Record<string, string[]> = {
    Pod: [],
    CronJob: ["spec", "jobTemplate", "spec", "template"],
    ...Object.fromEntries(
        ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"].map((kind) => [
            kind,
            ["spec", "template"],
        ]),
    ),
};

/** The pods of a workload; undefined for objects that create none, and for a workload without a pod specification. */
export function podTemplateOf(manifest: Manifest): PodTemplate | undefined {
    const kind = textAt(manifest, "kind") ?? "";
    const path = Object.hasOwn(PATHS, kind) ? PATHS[kind] : undefined;
    if (path === undefined) return undefined;
    const template = mapAt(manifest, ...path);
    if (!isPlainObject(template["spec"])) return undefined;
    return {
        resource: resourceName(manifest),
        object: refOf(manifest),
        namespace: textAt(manifest, "metadata", "namespace"),
        metadata: mapAt(template, "metadata"),
        spec: template["spec"],
    };
}

/** Every container of a pod, init containers last. */
export function containersOf({ spec }: Pick<PodTemplate, "spec">): PodContainer[] {
    const from = (key: string): PodContainer[] =>
        listAt(spec, key).map((container) => ({
            name: textAt(container, "name") ?? "",
            init: key === "initContainers" && container["restartPolicy"] !== "Always",
            container,
        }));
    return [...from("containers"), ...from("initContainers")];
}

/** The pods that a Service of a namespace selects; undefined if they are not among the objects. */
export function podsBehind(
    objects: Manifest[],
    namespace: string,
    service: Manifest | undefined,
): PodTemplate | undefined {
    const selector = mapAt(service, "spec", "selector");
    return objects
        .filter((object) => namespaceOf(object) === namespace)
        .map(podTemplateOf)
        .find((pods) => pods !== undefined && selects(selector, mapAt(pods.metadata, "labels")));
}
