import { isScalar, parseDocument, type Document, type Pair } from "yaml";
import { firstLine, UserError } from "../terminal/errors";

/**
 * Parses the text of a stack's file, to change it without touching comments, encrypted values and the order of the rest.
 *
 * @param name of the file, for errors.
 * @throws UserError with exit code 2 if the text is not valid YAML.
 */
export function parseStackDocument(text: string, name: string): Document {
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error !== undefined) throw new UserError(`${name} cannot be read: ${firstLine(error).replace(/:$/, "")}`, 2);
    return document;
}

/** The text of a changed file, with the line ends of the former text. */
export function stackText(document: Document, former: string): string {
    const written = document.toString({ lineWidth: 0, flowCollectionPadding: true });
    return former.includes("\r\n") ? written.replace(/\r?\n/g, "\r\n") : written;
}

/** The name of a setting of the project, with or without its prefix; undefined for those of others. */
export function settingName({ key }: Pair, project: string): string | undefined {
    const text = isScalar(key) ? key.value : key;
    if (typeof text !== "string") return undefined;
    if (!text.includes(":")) return text;
    return text.startsWith(`${project}:`) ? text.slice(project.length + 1) : undefined;
}
