import { readFileSync, statSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { isPlainObject, listAt } from "../../shared/values/plainObjects";
import { type Manifest } from "../../shared/kubernetes/manifest";
import { firstLine, UserError } from "../../shared/terminal/errors";

/** Objects and where each was read. */
export interface Judged {
    objects: Manifest[];
    /** File of each object, where there are files. */
    sources: Map<Manifest, string>;
}

const MOST_MIB = 16;
const STDIN = "-";
const CURE = "Name files of Kubernetes manifests as YAML or JSON, or - for the standard input.";

/**
 * The Kubernetes objects in files: several documents in each, and lists taken apart.
 *
 * @param files names of files; `-` is the standard input.
 * @throws UserError with exit code 2 which names every file that cannot be used, and why.
 */
export function readManifests(files: string[]): Judged {
    const sources = new Map<Manifest, string>();
    const problems = [...new Set(files)].flatMap((file) => {
        try {
            for (const object of parseManifests(readText(file))) sources.set(object, nameOfFile(file));
            return [];
        } catch (error) {
            return [`${nameOfFile(file)}: ${(error as Error).message}`];
        }
    });
    if (problems.length > 0) throw new UserError(`${problems.join("\n")}\n${CURE}`, 2);
    return { objects: [...sources.keys()], sources };
}

/** The name of a file in messages. */
export function nameOfFile(file: string): string {
    return file === STDIN ? "standard input" : file;
}

function readText(file: string): string {
    if (file === STDIN) return checkedSize(readFileSync(0, "utf8"));
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) throw new Error("expected a file, got none of that name");
    if (stat.isDirectory()) throw new Error("expected a file, got a folder");
    if (stat.size > MOST_MIB * 2 ** 20) throw tooLarge(stat.size);
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "unknown";
        throw new Error(`expected a file that can be read, got ${code}`, { cause: error });
    }
}

function checkedSize(text: string): string {
    if (text.length > MOST_MIB * 2 ** 20) throw tooLarge(text.length);
    return text;
}

function tooLarge(bytes: number): Error {
    const size = (bytes / 2 ** 20).toFixed(1);
    return new Error(`expected at most ${String(MOST_MIB)} MiB, got ${size} MiB; judge it in parts`);
}

/** The objects of one text. */
export function parseManifests(text: string): Manifest[] {
    if (text.trim() === "") throw new Error("expected Kubernetes objects, got nothing");
    const documents = [...parseAllDocuments(text, { logLevel: "silent" })];
    const objects = documents.flatMap((document, index) => {
        const of = documents.length > 1 ? `document ${String(index + 1)}: ` : "";
        const [broken] = document.errors;
        if (broken !== undefined) {
            const reason = firstLine(broken).replace(/:$/, "");
            throw new Error(`${of}expected YAML, got something else: ${reason}`);
        }
        let value: unknown;
        try {
            value = document.toJS();
        } catch (error) {
            throw new Error(`${of}expected YAML, got something else: ${(error as Error).message}`, { cause: error });
        }
        return value === null || value === undefined ? [] : flatten(value, of);
    });
    if (objects.length === 0) throw new Error("expected Kubernetes objects, got comments alone");
    return objects;
}

function flatten(value: unknown, of: string): Manifest[] {
    if (!isPlainObject(value) || typeof value["kind"] !== "string" || typeof value["apiVersion"] !== "string")
        throw new Error(`${of}expected a Kubernetes object, got something without apiVersion and kind`);
    // A kind of a CRD may end in "List" and be no list; without items it is one when it says so by its very name.
    if (!Array.isArray(value["items"])) {
        if (value["kind"] !== "List") return [value];
        throw new Error(`${of}expected a list of objects in items, got none`);
    }
    if (!value["kind"].endsWith("List")) return [value];
    // The items of a typed list, as the API server returns it, do not repeat their kind.
    const { kind, apiVersion } = { kind: value["kind"].slice(0, -"List".length), apiVersion: value["apiVersion"] };
    return listAt(value, "items").flatMap((item) => flatten(kind === "" ? item : { apiVersion, kind, ...item }, of));
}
