import { isCollection, parseDocument, visit, type Document } from "yaml";
import type { YamlReading } from "../checks/manifest/yamlReader";

/** Reads YAML text, such as a file in a ConfigMap; of a key that stands twice the last counts, as for istiod. */
export function readYaml(text: string): YamlReading {
    const document = parseDocument(text, { logLevel: "silent", uniqueKeys: false });
    const [broken] = document.errors;
    if (broken !== undefined) return { line: broken.linePos?.[0].line };
    const template = text.includes("{{") ? findTemplate(document) : undefined;
    const loop = text.includes("*") ? findLoop(document) : undefined;
    const place = template ?? loop;
    if (place !== undefined) return { line: text.slice(0, place).split("\n").length };
    try {
        return { value: document.toJS() as unknown };
    } catch {
        // More aliases than a reader takes.
        return { line: undefined };
    }
}

/** Where a template's `{{ name }}` stands without quotes, which YAML takes for a map whose key is a map. */
export function findTemplate(document: Document): number | undefined {
    let place: number | undefined;
    visit(document, {
        Pair: (_, { key }) => {
            if (!isCollection(key)) return undefined;
            place = key.range?.[0] ?? 0;
            return visit.BREAK;
        },
    });
    return place;
}

/** Where an anchor's value contains itself, which no program takes. */
function findLoop(document: Document): number | undefined {
    let place: number | undefined;
    visit(document, {
        Alias: (_, alias, above) => {
            const meant = alias.resolve(document);
            if (meant === undefined || !above.includes(meant)) return undefined;
            place = alias.range?.[0] ?? 0;
            return visit.BREAK;
        },
    });
    return place;
}

/** The value of YAML text; undefined when it is none. */
export function parseYaml(text: string): unknown {
    const reading = readYaml(text);
    return "value" in reading ? reading.value : undefined;
}
