import { CORE_SCHEMA, loadAll } from "js-yaml";
import { parseAllDocuments, type Document } from "yaml";
import { findTemplate } from "../../policy/yaml";
import { firstLine, UserError } from "../../shared/terminal/errors";

const ANCHOR = /(?:^|[\s[{,])&\S/m;
const ALIAS = /(?:^|[\s[{,])\*\S/m;
/** Begins a document, wherever it stands at the start of a line. */
const MARKER = /^---(?=\s|$)/m;
/** A line that tells a parser about the document that follows. */
const DIRECTIVE = /^%/m;

/**
 * The values of a text's YAML documents.
 *
 * js-yaml reads a megabyte in a tenth of the time that `yaml` takes, so it reads every document that it can, also beside
 * others. `yaml` says in which line of which document something is wrong, and limits what aliases multiply.
 *
 * @throws UserError when it is no YAML, or is a template.
 */
export function parseDocuments(text: string): unknown[] {
    const values = parseFast(text);
    if (values !== undefined) return values;
    const documents = [...parseAllDocuments(text, { logLevel: "silent" })];
    return documents.map((document, index) => valueOf(document, text, nameOf(index, documents.length)));
}

/** How messages name one of several documents; nothing when it is the only one. */
export function nameOf(index: number, count: number): string {
    return count > 1 ? `document ${String(index + 1)}: ` : "";
}

/** Whether only the slower of the two parsers takes or explains a text: for templates, and for aliases of anchors. */
function isUnusual(text: string): boolean {
    return text.includes("{{") || (ANCHOR.test(text) && ALIAS.test(text));
}

/** Undefined where a message has to name a line. */
function parseFast(text: string): unknown[] | undefined {
    if (!isUnusual(text)) return loadFast(text);
    if (DIRECTIVE.test(text)) return undefined;
    const values: unknown[] = [];
    for (const [index, part] of text.split(MARKER).entries()) {
        // Before the first marker, comments alone are no document.
        if (index === 0 && part.split("\n").every((line) => /^\s*(?:#|$)/.test(line))) continue;
        const read = isUnusual(part) ? readAlone(part) : loadFast(part);
        if (read === undefined || read.length > 1) return undefined;
        values.push(read[0] ?? null);
    }
    return values;
}

function loadFast(text: string): unknown[] | undefined {
    try {
        return loadAll(text, { schema: CORE_SCHEMA });
    } catch {
        return undefined;
    }
}

function readAlone(text: string): unknown[] | undefined {
    try {
        return [...parseAllDocuments(text, { logLevel: "silent" })].map((document) => valueOf(document, text, ""));
    } catch {
        return undefined;
    }
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
