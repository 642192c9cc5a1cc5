import { randomBytes } from "node:crypto";
import { at, hasUnknown, listAt, merge, reveal, textAt, UNKNOWN, type Values } from "./values";
import { isPlainObject } from "../../shared/values/plainObjects";

/** Properties whose change makes the provider replace the object. */
const forceNew: Record<string, string> = {
    "apps/v1/Deployment": "spec.selector",
    "apps/v1/StatefulSet":
        "spec.podManagementPolicy spec.revisionHistoryLimit spec.selector spec.serviceName spec.volumeClaimTemplates",
    "rbac.authorization.k8s.io/v1/ClusterRoleBinding": "roleRef",
    "rbac.authorization.k8s.io/v1/RoleBinding": "roleRef",
    "v1/ConfigMap": "data binaryData",
    "v1/PersistentVolumeClaim": "spec.accessModes spec.selector spec.storageClassName spec.volumeName",
    "v1/Secret": "type data stringData",
    "v1/Service": "spec.clusterIP",
};
/** Unsupported kinds with many such properties or special readiness, which the program does not use. */
const refused =
    "v1/Pod v1/PersistentVolume v1/ResourceQuota storage.k8s.io/v1/StorageClass " +
    "apps/v1/DaemonSet batch/v1/Job apiextensions.k8s.io/v1/CustomResourceDefinition";
const refusedAnnotation =
    /^pulumi\.com\/(?!(skipAwait|timeoutSeconds|autonamed|deletionPropagationPolicy|patchForce)$)/;
const clusterScoped = new RegExp(
    "^(Namespace|Node|ClusterRole(Binding)?|CustomResourceDefinition|APIService|(Priority|Runtime|Ingress|Gateway)Class|" +
        "(Validating|Mutating)(WebhookConfiguration|AdmissionPolicy(Binding)?))$",
);

export const nameOf = (object: unknown): string => textAt(object, "metadata", "name");
export const namespaceOf = (object: unknown): string => textAt(object, "metadata", "namespace");
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(4).toString("hex")}`;
export const kindOf = (object: unknown): string => `${textAt(object, "apiVersion")}/${textAt(object, "kind")}`;
export const annotation = (object: unknown, key: string): string =>
    textAt(object, "metadata", "annotations", `pulumi.com/${key}`);

/** Properties whose change replaces this object. */
export const forceNewProperties = (object: Values): string[] =>
    `metadata.name metadata.namespace ${forceNew[kindOf(object)] ?? ""}`.trim().split(" ");

/** The object of a type (`kubernetes:core/v1:Namespace`) and an ID (`[namespace/]name`). */
export function identify(type: string, id: string): { inputs: Values; outputs: Values } {
    const [, apiVersion = "", kind] = type.replace(":core/", ":").split(":");
    const [name, namespace] = id.split("/").reverse();
    const object = { apiVersion, kind, metadata: namespace === undefined ? { name } : { name, namespace } };
    return { inputs: object, outputs: object };
}

type Former = { inputs: Values; outputs: Values } | undefined;

/** Plain inputs of an object, with its name, its namespace and a Secret's data filled in as by the provider. */
export function complete(inputs: Values, logicalName: string, old: Former, namespace = "default"): Values {
    const object = reveal(inputs);
    const kind = kindOf(object);
    const given = Object.keys(at(object, "metadata", "annotations") ?? {});
    let bad = given.find((key) => refusedAnnotation.test(key));
    if (kind === "v1/PersistentVolumeClaim" && annotation(object, "skipAwait") !== "true") bad = `an awaited ${kind}`;
    if (refused.split(" ").includes(kind) || kind.endsWith("List")) bad = kind;
    if (textAt(object, "metadata", "generateName") !== "") bad = "metadata.generateName";
    if (bad !== undefined) throw new Error(`The lab's engine does not serve ${bad}.`);
    if (object["metadata"] === UNKNOWN) return object;
    const metadata = { ...(object["metadata"] as Values | undefined) };
    if (textAt(metadata, "name") === "") {
        const adopted = annotation(old?.inputs, "autonamed") === "true" && nameOf(old?.inputs);
        metadata["name"] = adopted || uniqueName(logicalName);
        metadata["annotations"] = merge(metadata["annotations"] ?? {}, { "pulumi.com/autonamed": "true" });
    }
    // Whether a custom resource is namespaced is known only after its creation.
    const wide = clusterScoped.test(textAt(object, "kind")) || (old !== undefined && namespaceOf(old.outputs) === "");
    if (wide) Reflect.deleteProperty(metadata, "namespace");
    else metadata["namespace"] = metadata["namespace"] || namespace;
    const { stringData, ...rest } = { ...object, metadata } as Values;
    if (kind !== "v1/Secret" || !isPlainObject(stringData) || hasUnknown(object)) return { ...object, metadata };
    const coded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]);
    return { ...rest, data: merge(rest["data"] ?? {}, Object.fromEntries(coded)) };
}

/** The inputs of an imported object: the parts of a live object that a user could have written. */
export function inputsOf(live: Values): Values {
    const rest = Object.fromEntries(Object.entries(live).filter(([key]) => key !== "status"));
    const group = textAt(live, "apiVersion").split("/")[0] ?? "";
    const own = ["name", "namespace"];
    const made = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"];
    // The provider knows no properties of custom resources.
    const custom = group.includes(".") && !group.endsWith(".k8s.io");
    const kept = Object.entries(live["metadata"] as Values).filter(([key]) =>
        custom ? own.includes(key) : !made.includes(key),
    );
    const metadata = Object.fromEntries(kept);
    const { apiVersion, kind } = live;
    return custom ? { apiVersion, kind, metadata } : { ...rest, metadata };
}

/** Inputs after a refresh, changed only where the live object has changed, so that the user's notation is preserved. */
export function drifted(inputs: unknown, before: unknown, now: unknown): unknown {
    if (!isPlainObject(inputs) || !isPlainObject(before) || !isPlainObject(now)) {
        return JSON.stringify(before) === JSON.stringify(now) ? inputs : now;
    }
    const keys = Object.keys(inputs).filter((key) => key in now || !(key in before));
    return Object.fromEntries(keys.map((key) => [key, drifted(inputs[key], before[key], now[key])]));
}

/** Conditions of a namespace that show what blocks its deletion. */
const HOLDING = ["NamespaceContentRemaining", "NamespaceFinalizersRemaining", "NamespaceDeletionContentFailure"];

/** Why a deleted object still exists; undefined if it is gone. */
export function remains(object: Values): string | undefined {
    if (nameOf(object) === "") return undefined;
    const holding = listAt(object, "status", "conditions")
        .filter((entry) => HOLDING.includes(textAt(entry, "type")) && textAt(entry, "status") === "True")
        .map((entry) => textAt(entry, "message"));
    const finalizers = listAt(object, "metadata", "finalizers").map((name) => `finalizer ${String(name)}`);
    return ["it still exists", ...finalizers, ...holding].join("; ");
}

/** Managed fields in which `manager` has taken over fields of earlier plain updates; undefined if there are none. */
export function takenOver(live: Values, manager: string): unknown[] | undefined {
    const earlier = ["kubectl", "before-first-apply", "pulumi-kubernetes", "pulumi-resource-kubernetes"];
    const entries = listAt(live, "metadata", "managedFields") as Values[];
    const theirs = (entry: Values): boolean => earlier.includes(textAt(entry, "manager")) && !entry["subresource"];
    const taken = entries.filter((entry) => theirs(entry) || entry["manager"] === manager);
    if (!taken.some(theirs)) return undefined;
    const fieldsV1 = taken.reduce<unknown>((fields, entry) => merge(fields, entry["fieldsV1"]), {});
    const rest = entries.filter((entry) => !taken.includes(entry));
    return [...rest, { ...taken[0], manager, operation: "Apply", fieldsV1 }];
}
