import { isPlainObject } from "../../shared/values/plainObjects";

/** Characters of JSON that a setting may have; a ConfigMap and Helm's record of a release hold about a million. */
const MAX_CHARACTERS = 500_000;

/** Levels of objects and lists that a setting may have; no schema of ours and no chart needs half as many. */
const MAX_LEVELS = 32;

/** A key that every copy of an object drops without a word. */
const LOST_KEY = "__proto__";

/** What stands in a setting that is an object, or why it is none. */
export type Decoded = { value: unknown } | { problem: string } | { lostKey: string };

/** Reads a setting that the configuration holds as JSON, and refuses what could not be handled faithfully later on. */
export function decodeJson(text: string): Decoded {
    if (text.length > MAX_CHARACTERS) return { problem: `at most ${String(MAX_CHARACTERS)} characters of JSON` };
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return { problem: "valid JSON" };
    }
    return findShapeProblem(value) ?? { value };
}

/**
 * Why a value could not be handled faithfully later on: it is too large or too deep, or copies of it would lose a key.
 *
 * @param isLeaf true for objects that are not looked into. @default none is
 */
export function findShapeProblem(
    value: unknown,
    isLeaf: (part: unknown) => boolean = () => false,
): Exclude<Decoded, { value: unknown }> | undefined {
    // Level by level, since a recursion would end at the depth of the stack.
    let level: { path: string[]; part: unknown }[] = [{ path: [], part: value }];
    let parts = 0;
    for (let depth = 0; level.length > 0; depth++) {
        if (depth > MAX_LEVELS) return { problem: `at most ${String(MAX_LEVELS)} levels` };
        parts += level.length;
        // An object that holds itself has more parts than any JSON.
        if (parts > MAX_CHARACTERS) return { problem: `at most ${String(MAX_CHARACTERS)} parts` };
        const next = level.flatMap(({ path, part }) =>
            (Array.isArray(part) || isPlainObject(part)) && !isLeaf(part)
                ? Object.entries(part).map(([key, inner]: [string, unknown]) => ({ path: [...path, key], part: inner }))
                : [],
        );
        const lost = next.find(({ path }) => path.at(-1) === LOST_KEY);
        if (lost !== undefined) return { lostKey: lost.path.join(".") };
        level = next;
    }
    return undefined;
}
