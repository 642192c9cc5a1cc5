import { parse } from "yaml";

/** The value of YAML text, such as a file in a ConfigMap; undefined when it is none. */
export function parseYaml(text: string): unknown {
    try {
        return parse(text) as unknown;
    } catch {
        return undefined;
    }
}
