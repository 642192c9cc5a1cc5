import { textAt } from "../values/plainObjects";

/** Placeholder in a plan for the eight hexadecimal digits that Pulumi appends to an object's name. */
export const UNKNOWN_SUFFIX = "-xxxxxxxx";

/** A Kubernetes object of any kind and shape, from a manifest or the API server. */
export type Manifest = Record<string, unknown>;

/** Name of a namespaced object. */
export interface ObjectName {
    namespace: string;
    name: string;
}

/** Identifies a Kubernetes object. */
export interface ObjectRef {
    kind: string;
    /** Undefined if the object names none. */
    namespace: string | undefined;
    name: string;
}

/** The reference to an object. Uses `generateName` if the object has no name yet. */
export function refOf(manifest: Manifest): ObjectRef {
    return {
        kind: textAt(manifest, "kind") ?? "object",
        namespace: textAt(manifest, "metadata", "namespace"),
        name: textAt(manifest, "metadata", "name") ?? textAt(manifest, "metadata", "generateName") ?? "",
    };
}

/** True when both references identify the same object. */
export function isSameObject(left: ObjectRef, right: ObjectRef): boolean {
    return left.kind === right.kind && left.namespace === right.namespace && left.name === right.name;
}

/** `Kind namespace/name`. */
export function resourceName(manifest: Manifest): string {
    const { kind, namespace, name } = refOf(manifest);
    return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The namespace of a namespaced object. */
export function namespaceOf(manifest: Manifest): string {
    return textAt(manifest, "metadata", "namespace") ?? "default";
}

/**
 * True for an object of a namespace, and for one that names none, because its namespace is decided when it is applied.
 */
export function mayStandIn(manifest: Manifest, namespace: string): boolean {
    return (textAt(manifest, "metadata", "namespace") ?? namespace) === namespace;
}

/** The name of an object. */
export function nameOf(manifest: Manifest): string {
    return textAt(manifest, "metadata", "name") ?? "";
}

/** True for an object of that kind in that API group, whatever the version; the core group is empty. */
export function isKind(manifest: Manifest, kind: string, group: string): boolean {
    if (textAt(manifest, "kind") !== kind) return false;
    const apiVersion = textAt(manifest, "apiVersion") ?? "";
    const slash = apiVersion.indexOf("/");
    return (slash < 0 ? "" : apiVersion.slice(0, slash)) === group;
}
