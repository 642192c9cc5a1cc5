import { UserError } from "../../shared/terminal/errors";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { argoSpecPath, chartsOf } from "../../checks/manifest/charts";
import { isFileNamed } from "../../checks/manifest/inlineValues";
import { printable } from "../../checks/printable";
import { NOT_AN_OBJECT, NOTHING, parseContent, type Content } from "./manifests";
import { readText, STDIN } from "./text";

/** The content of files. */
export interface ReadFiles {
    objects: Manifest[];
    /** File of each object, in the same order. */
    sources: string[];
    /** Files of chart values, by the path under which they were passed. */
    values: Map<string, Manifest>;
    /** Files without an object, and the reason. */
    notes: string[];
}

const CURE = "Name files with Kubernetes manifests in YAML or JSON, or - for standard input.";

/**
 * The Kubernetes objects in files: reads several documents in each, and the items of lists. A file that `valueFiles` of
 * an Argo CD Application names is read as values.
 *
 * @param files names of files; `-` is standard input.
 * @throws UserError with exit code 2, which names every file that cannot be used, and the reason.
 */
export function readManifests(files: string[]): ReadFiles {
    const problems: string[] = [];
    const contents = [...new Set(files)].flatMap((file): { file: string; content: Content }[] => {
        try {
            return [{ file, content: parseContent(readText(file)) }];
        } catch (error) {
            if (!(error instanceof UserError)) throw error;
            problems.push(printable(`${nameOfFile(file)}: ${error.message}`));
            return [];
        }
    });
    const found = contents.flatMap(({ file, content }) =>
        content.kind === "objects" ? content.objects.map((object) => ({ object, source: nameOfFile(file) })) : [],
    );
    const objects = found.map(({ object }) => object);
    const wanted = objects.filter((object) => argoSpecPath(object) !== undefined).flatMap(valueFilesOf);
    const values = new Map<string, Manifest>();
    const nothing: string[] = [];
    for (const { file, content } of contents) {
        if (content.kind === "nothing")
            nothing.push(`${nameOfFile(file)}: expected Kubernetes objects, got ${NOTHING[content.why]}`);
        if (content.kind !== "values") continue;
        if (wanted.some((one) => isFileNamed(file, one))) values.set(file, content.values);
        else problems.push(printable(`${nameOfFile(file)}: ${NOT_AN_OBJECT}`));
    }
    if (objects.length === 0) problems.push(...nothing);
    if (problems.length > 0 || objects.length === 0) throw new UserError([...problems, CURE].join("\n"), 2);
    return { objects, sources: found.map(({ source }) => source), values, notes: nothing };
}

function valueFilesOf(application: Manifest): string[] {
    return chartsOf(application).flatMap(({ unresolved }) => unresolved.map(({ where }) => where));
}

/** The name of a file in messages. */
export function nameOfFile(file: string): string {
    return file === STDIN ? "standard input" : file;
}
