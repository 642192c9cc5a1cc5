import type { Manifest } from "../../shared/kubernetes/manifest";
import { UserError } from "../../shared/terminal/errors";
import { isPlainObject, listAt, mapAt } from "../../shared/values/plainObjects";
import { nameOf, parseDocuments } from "./documents";

/** The content of YAML or JSON text. */
export type Content =
    | { kind: "objects"; objects: Manifest[] }
    /** A single map that is not a Kubernetes object, such as chart values. */
    | { kind: "values"; values: Manifest }
    | { kind: "nothing"; why: "empty" | "comments" | "emptyList" };

/** Why a text contains no objects. */
export const NOTHING: Record<(Content & { kind: "nothing" })["why"], string> = {
    empty: "nothing",
    comments: "only comments",
    emptyList: "a list without items",
};

/**
 * The objects in a text.
 *
 * @throws UserError if it is not valid YAML, or contains something else.
 */
export function parseManifests(text: string): Manifest[] {
    const content = parseContent(text);
    if (content.kind === "objects") return content.objects;
    if (content.kind === "values") throw notAnObject("");
    throw new UserError(`expected Kubernetes objects, got ${NOTHING[content.why]}`);
}

/**
 * The content of a text, with several documents and the items of lists.
 *
 * @throws UserError if it is not valid YAML, is a template, or contains something else in one of several documents.
 */
export function parseContent(text: string): Content {
    if (text.trim() === "") return { kind: "nothing", why: "empty" };
    const documents = parseDocuments(text);
    let lists = 0;
    const objects = documents.flatMap((value, index) => {
        const of = nameOf(index, documents.length);
        if (value === null || value === undefined) return [];
        if (documents.length === 1 && isPlainObject(value) && !("apiVersion" in value) && !("kind" in value))
            return [value];
        const flat = flatten(value, of);
        if (flat.length === 0) lists += 1;
        return flat;
    });
    const [first] = objects;
    if (first === undefined) return { kind: "nothing", why: lists > 0 ? "emptyList" : "comments" };
    const isValues = !("apiVersion" in first) && !("kind" in first);
    return isValues ? { kind: "values", values: first } : { kind: "objects", objects };
}

function notAnObject(of: string): UserError {
    return new UserError(`${of}expected a Kubernetes object, got a value without apiVersion and kind`);
}

/** The error for a file of values that no object names. */
export const NOT_AN_OBJECT = notAnObject("").message;

function flatten(value: unknown, of: string): Manifest[] {
    if (!isPlainObject(value) || typeof value["kind"] !== "string" || typeof value["apiVersion"] !== "string")
        throw notAnObject(of);
    // The kind of a CRD may end in "List" without being a list. Without items, only the kind "List" is one.
    if (!Array.isArray(value["items"])) {
        if (value["kind"] === "List") throw new UserError(`${of}expected a list of objects in items, got none`);
        refuseNames(value, of);
        return [value];
    }
    if (!value["kind"].endsWith("List")) return [value];
    // The items of a typed list, as the API server returns it, do not repeat their kind.
    const { kind, apiVersion } = { kind: value["kind"].slice(0, -"List".length), apiVersion: value["apiVersion"] };
    return listAt(value, "items").flatMap((item) => flatten(kind === "" ? item : { apiVersion, kind, ...item }, of));
}

/** A cluster rejects a name of another type or with a template placeholder. */
function refuseNames(object: Manifest, of: string): void {
    for (const field of ["name", "namespace"]) {
        const name = mapAt(object, "metadata")[field];
        if (name === undefined || name === null) continue;
        if (typeof name !== "string")
            throw new UserError(`${of}expected metadata.${field} as text, got ${JSON.stringify(name)}`);
        if (name.includes("{{"))
            throw new UserError(`${of}expected metadata.${field}, got the template ${name}; render it first`);
    }
}
