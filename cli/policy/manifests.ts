import { firstLine, UserError } from "../../shared/terminal/errors";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { isPlainObject, listAt, mapAt } from "../../shared/values/plainObjects";
import { parseAllDocuments, type Document } from "yaml";
import { findTemplate } from "../../policy/yaml";

/** What a text of YAML or JSON holds. */
export type Content =
    | { kind: "objects"; objects: Manifest[] }
    /** A single map that is no Kubernetes object, such as chart values. */
    | { kind: "values"; values: Manifest }
    | { kind: "nothing"; why: "empty" | "comments" | "emptyList" };

/** Why there is nothing in a text. */
export const NOTHING: Record<(Content & { kind: "nothing" })["why"], string> = {
    empty: "nothing",
    comments: "comments alone",
    emptyList: "a list without items",
};

/**
 * The objects of one text.
 *
 * @throws UserError when it is no YAML, or holds something else.
 */
export function parseManifests(text: string): Manifest[] {
    const content = parseContent(text);
    if (content.kind === "objects") return content.objects;
    if (content.kind === "values") throw notAnObject("");
    throw new UserError(`expected Kubernetes objects, got ${NOTHING[content.why]}`);
}

/**
 * What a text holds: several documents, lists taken apart.
 *
 * @throws UserError when it is no YAML, is a template, or holds something else in one of several documents.
 */
export function parseContent(text: string): Content {
    if (text.trim() === "") return { kind: "nothing", why: "empty" };
    const documents = [...parseAllDocuments(text, { logLevel: "silent" })];
    let lists = 0;
    const objects = documents.flatMap((document, index) => {
        const of = documents.length > 1 ? `document ${String(index + 1)}: ` : "";
        const value = valueOf(document, text, of);
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

function valueOf(document: Document, text: string, of: string): unknown {
    const [broken] = document.errors;
    if (broken !== undefined) {
        const line = templateLine(text, broken.linePos?.[0].line);
        if (line !== undefined) throw template(of, line);
        throw new UserError(`${of}expected YAML, got something else: ${firstLine(broken).replace(/:$/, "")}`);
    }
    const place = text.includes("{{") ? findTemplate(document) : undefined;
    if (place !== undefined) throw template(of, text.slice(0, place).split("\n").length);
    try {
        return document.toJS() as unknown;
    } catch (error) {
        throw new UserError(`${of}expected YAML, got something else: ${(error as Error).message}`);
    }
}

/** The line of what a template would have replaced, at the place where YAML ends or before it. */
function templateLine(text: string, errorLine: number | undefined): number | undefined {
    if (errorLine === undefined) return undefined;
    const lines = text.split("\n");
    return [errorLine, errorLine - 1].find((line) => lines[line - 1]?.includes("{{") === true);
}

function template(of: string, line: number): UserError {
    return new UserError(
        `${of}expected manifests, got a template, with {{ in line ${String(line)}; render it first, as by helm template`,
    );
}

function notAnObject(of: string): UserError {
    return new UserError(`${of}expected a Kubernetes object, got something without apiVersion and kind`);
}

/** The error of a file of values that no object refers to. */
export const NOT_AN_OBJECT = notAnObject("").message;

function flatten(value: unknown, of: string): Manifest[] {
    if (!isPlainObject(value) || typeof value["kind"] !== "string" || typeof value["apiVersion"] !== "string")
        throw notAnObject(of);
    // A kind of a CRD may end in "List" and be no list; without items it is one when it says so by its very name.
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

/** A name of another type, or with what a template would have replaced, is none that a cluster takes. */
function refuseNames(object: Manifest, of: string): void {
    for (const field of ["name", "namespace"]) {
        const name = mapAt(object, "metadata")[field];
        if (name === undefined || name === null) continue;
        if (typeof name !== "string")
            throw new UserError(`${of}expected metadata.${field} as text, got ${JSON.stringify(name)}`);
        if (name.includes("{{"))
            throw new UserError(`${of}expected metadata.${field}, got a template, ${name}; render it first`);
    }
}
