import { parse } from "yaml";

/** Parses YAML of any content; undefined if it is not valid YAML. */
export function parseText(text: string): unknown {
    try {
        return parse(text) as unknown;
    } catch {
        return undefined;
    }
}
