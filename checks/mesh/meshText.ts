import {
    isMap,
    isNode,
    isScalar,
    isSeq,
    LineCounter,
    parseAllDocuments,
    visit,
    type Document,
    type YAMLMap,
} from "yaml";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { readMeshFields } from "./fieldNames";
import type { MeshConfigObject } from "./objects";
import { MESH_CONFIG } from "./shapes";
import { isPlainObject } from "../../shared/values/plainObjects";
import { kindOf, type Misfit, type Path } from "../../shared/values/shapes";

/** A place in a text, counted from 1. */
export interface Place {
    line: number;
    column: number;
}

/** Why istiod rejects a mesh configuration. */
export type MeshProblem = Place &
    ({ kind: "yaml"; said: string } | { kind: "notFields"; got: string } | ({ kind: "shape" } & Misfit));

/** A key that occurs more than once in one map. istiod uses the last one. */
export interface DuplicateKey {
    key: string;
    first: Place;
    last: Place;
}

/** A mesh configuration as istiod reads it. */
export interface MeshReading {
    /** Empty if istiod rejects the text. */
    config: MeshConfigObject;
    /** Every field, also those that the project does not know; empty if istiod rejects the text. */
    fields: Manifest;
    problem: MeshProblem | undefined;
    duplicates: DuplicateKey[];
    /** Fields that istiod drops because of their spelling. */
    dropped: string[];
}

/** Except for line ends and tabs, istiod's parser accepts no control characters. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]/;
/** Types of YAML 1.1 that istiod's parser reads as text. */
const NOT_IN_GO = ["tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary"];

/**
 * Reads the text of a mesh configuration as istiod does: YAML 1.1, with only the first document and the last of
 * repeated keys; then protocol buffers, which know the type of each field and skip unknown ones.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pkg/config/mesh/mesh.go (ApplyMeshConfig)
 */
export function readMeshText(text: string): MeshReading {
    const nothing = { config: {}, fields: {}, duplicates: [], dropped: [] };
    const plain = text.replace(/^\ufeff/, "");
    const control = CONTROL.exec(plain);
    if (control !== null) {
        const said = "control characters are not allowed";
        return { ...nothing, problem: { kind: "yaml", said, ...placeOf(plain, control.index) } };
    }
    const lines = new LineCounter();
    const document = firstDocument(plain, lines);
    if (document === undefined) return { ...nothing, problem: undefined };
    const broken = brokenAt(document, lines);
    if (broken !== undefined) return { ...nothing, problem: broken };
    let value: unknown;
    try {
        value = document.toJS();
    } catch {
        return {
            ...nothing,
            problem: { kind: "yaml", said: "more aliases than a parser accepts", line: 1, column: 1 },
        };
    }
    const duplicates = duplicateKeys(document, lines);
    if (value === null || value === undefined) return { ...nothing, problem: undefined };
    if (!isPlainObject(value)) {
        const place = lines.linePos(offsetOf(document.contents));
        return { ...nothing, problem: { kind: "notFields", got: kindOf(value), ...at(place) } };
    }
    const { config, dropped } = readMeshFields(value);
    const misfits: Misfit[] = [];
    const read = MESH_CONFIG(config, misfits) ?? {};
    const [misfit] = misfits;
    if (misfit === undefined) return { config: read, fields: config, problem: undefined, duplicates, dropped };
    return { ...nothing, problem: { kind: "shape", ...misfit, ...placeIn(document, misfit.path, lines) } };
}

/** The same for a configuration from istiod itself, which always has the standard spelling. */
export function readMeshObject(value: unknown): MeshConfigObject {
    return MESH_CONFIG(value) ?? {};
}

function firstDocument(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
    const parsed = parseAllDocuments(text, {
        ...{ lineCounter, version: "1.1", uniqueKeys: false, logLevel: "silent", keepSourceTokens: false },
        // In Go, 10:30 is text.
        customTags: (tags) =>
            tags.filter((tag) => typeof tag === "string" || !(NOT_IN_GO.includes(tag.tag) || tag.format === "TIME")),
    });
    return Array.isArray(parsed) ? parsed[0] : undefined;
}

function brokenAt(document: Document.Parsed, lines: LineCounter): MeshProblem | undefined {
    const [error] = document.errors;
    if (error !== undefined) {
        return {
            kind: "yaml",
            said: messageOfCode(error.code),
            ...at(error.linePos?.[0] ?? lines.linePos(error.pos[0])),
        };
    }
    if (document.directives.yaml.explicit === true && document.directives.yaml.version !== "1.1")
        return { kind: "yaml", said: "a version of YAML other than 1.1", line: 1, column: 1 };
    let found: MeshProblem | undefined;
    const stop = (said: string, node: unknown): symbol => {
        found = { kind: "yaml", said, ...at(lines.linePos(offsetOf(node))) };
        return visit.BREAK;
    };
    visit(document, {
        Pair: (_, { key }) =>
            isScalar(key) && key.value !== null
                ? undefined
                : stop("a key that is not text, such as an unfilled template", key),
        Alias: (_, alias, above) => {
            const meant = alias.resolve(document);
            if (meant === undefined) return stop(SAID.BAD_ALIAS, alias);
            return above.includes(meant) ? stop("an anchor whose value contains itself", alias) : undefined;
        },
    });
    return found;
}

/** The fault, from the parser's error code. The parser's message may quote the text, which may contain a key. */
const SAID = {
    TAB_AS_INDENT: "a tab in an indentation, where only blanks are allowed",
    BAD_INDENT: "a wrong indentation or a missing bracket",
    BLOCK_AS_IMPLICIT_KEY: "a value where none is allowed, for example because of a second colon",
    MISSING_CHAR: "a missing quote, bracket or comma",
    BAD_ALIAS: "an alias of a missing anchor",
    UNEXPECTED_TOKEN: "an unexpected word",
    MULTILINE_IMPLICIT_KEY: "a key over several lines, or a key without its colon",
    BAD_SCALAR_START: "a value that starts with a reserved character",
    BAD_DQ_ESCAPE: "an unknown escape sequence in quotes",
    TAG_RESOLVE_FAILED: "a value that does not match its tag",
};

function messageOfCode(code: string): string {
    return Object.hasOwn(SAID, code) ? SAID[code as keyof typeof SAID] : "invalid YAML";
}

function duplicateKeys(document: Document.Parsed, lines: LineCounter): DuplicateKey[] {
    const found: DuplicateKey[] = [];
    visit(document, {
        Map: (_, map) => {
            for (const [key, places] of placesOfKeys(map)) {
                const [first, last] = [places[0], places.at(-1)];
                if (places.length < 2 || first === undefined || last === undefined) continue;
                found.push({ key, first: at(lines.linePos(first)), last: at(lines.linePos(last)) });
            }
        },
    });
    return found;
}

function placesOfKeys(map: YAMLMap): Map<string, number[]> {
    const places = new Map<string, number[]>();
    for (const { key } of map.items) {
        if (!isScalar(key) || key.value === "<<") continue;
        const name = String(key.value);
        places.set(name, [...(places.get(name) ?? []), key.range?.[0] ?? 0]);
    }
    return places;
}

/** The position of a path's value, or of the last existing part of the path. Fields can have either spelling. */
function placeIn(document: Document.Parsed, path: Path, lines: LineCounter): Place {
    let node: unknown = document.contents;
    let offset = offsetOf(document.contents);
    for (const step of path) {
        if (isMap(node)) {
            const pair = node.items.findLast(({ key }) => isScalar(key) && sameField(String(key.value), String(step)));
            if (pair === undefined) break;
            node = pair.value;
        } else {
            node = isSeq(node) ? node.items[Number(step)] : undefined;
        }
        if (!isNode(node)) break;
        offset = node.range?.[0] ?? offset;
    }
    return at(lines.linePos(offset));
}

function offsetOf(node: unknown): number {
    return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function sameField(written: string, name: string): boolean {
    const plain = (word: string): string => word.replaceAll("_", "").toLowerCase();
    return plain(written) === plain(name);
}

function at({ line, col }: { line: number; col: number }): Place {
    return { line, column: col };
}

function placeOf(text: string, index: number): Place {
    const before = text.slice(0, index).split("\n");
    return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

/** Why istiod rejects a mesh configuration, for people: the place and the fault. */
export function describeMeshProblem(problem: MeshProblem): string {
    return `line ${String(problem.line)}, column ${String(problem.column)}: ${describeFault(problem)}`;
}

function describeFault(problem: MeshProblem): string {
    switch (problem.kind) {
        case "yaml":
            return problem.said;
        case "notFields":
            return `${problem.got} instead of fields and values`;
        case "shape":
            return `${describePath(problem.path)} is ${problem.got}, but istiod expects ${problem.expected}`;
    }
}

function describePath(path: Path): string {
    return path
        .map((step) => (typeof step === "number" ? `[${String(step)}]` : `.${step}`))
        .join("")
        .replace(/^\./, "");
}
