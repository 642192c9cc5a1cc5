import { textAt } from "../values/plainObjects";

/** What stands, in a plan, for the eight hexadecimal digits by which Pulumi makes an object's name its own. */
export const UNKNOWN_SUFFIX = "-xxxxxxxx";

/** A Kubernetes object of any kind, as a manifest or the API server has it; of its shape nothing is taken for granted. */
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

/** The reference to an object; until the object has a name, its `generateName` takes that place. */
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

/** The namespace that a namespaced object stands in. */
export function namespaceOf(manifest: Manifest): string {
    return textAt(manifest, "metadata", "namespace") ?? "default";
}

/** True for an object of a namespace, and for one that names none: whoever applies it decides where it stands. */
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
