import { parse } from "yaml";

/** Reads YAML of any content; undefined for what is none. */
export function parseText(text: string): unknown {
    try {
        return parse(text) as unknown;
    } catch {
        return undefined;
    }
}
