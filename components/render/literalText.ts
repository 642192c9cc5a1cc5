import { isPlainObject } from "../../shared/values/plainObjects";

/** Text as the configuration of a Collector, or of Jaeger, has it, so that neither replaces variables in it. */
export function literalText(text: string): string {
    return text.replaceAll("$", "$$$$");
}

/** A copy of a value with every text in it as {@link literalText} has it. The Collector reads keys as they are. */
export function literalValues(value: unknown): unknown {
    if (typeof value === "string") return literalText(value);
    if (Array.isArray(value)) return value.map(literalValues);
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literalValues(inner)]));
}
