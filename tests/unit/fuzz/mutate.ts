import fc from "fast-check";

/** How many random cases a test tries; FUZZ_RUNS sets another number, and `npm run test:full` tries five times as many. */
export function fuzzRuns(usual: number): number {
    return Number(process.env["FUZZ_RUNS"] ?? (process.env["FULL"] === "1" ? 5 * usual : usual));
}

/** A change to a value that came from somewhere else: at one place of it stands something that nobody counted on. */
export interface Mutation {
    /** Leads to the place: which of the keys of each level. */
    way: number[];
    junk: unknown;
    /** What becomes of the place. */
    how: "replace" | "remove" | "wrap" | "rename";
}

const JUNK = fc.oneof(
    fc.constantFrom<unknown>(null, "", "text", 0, -1, 1.5, 1e308, true, false, [], {}, [null], [[]], [{}], {
        name: null,
    }),
    fc.constantFrom<unknown>(
        "\u0000\u001b[2J",
        "*",
        "a.b.svc.cluster.local",
        ["text", 5, null],
        { metadata: {} },
        "__proto__",
    ),
    fc.jsonValue({ maxDepth: 2 }),
);

/** Mutations of any place. */
export const MUTATION: fc.Arbitrary<Mutation> = fc.record({
    way: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 9 }),
    junk: JUNK,
    how: fc.constantFrom("replace", "replace", "replace", "remove", "wrap", "rename"),
});

/** The same value with the change; the value itself stays as it is. */
export function mutate(value: unknown, { way, junk, how }: Mutation): unknown {
    const [step = 0, ...rest] = way;
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return junk;
    const keys = Object.keys(value);
    const key = keys[step % keys.length] ?? "";
    const inner: unknown = (value as Record<string, unknown>)[key];
    const deeper = rest.length > 0 && typeof inner === "object" && inner !== null;
    const changed = deeper ? mutate(inner, { way: rest, junk, how }) : how === "wrap" ? [inner] : junk;
    if (Array.isArray(value)) {
        const items = value.map((item: unknown, index) => (String(index) === key ? changed : item));
        return !deeper && how === "remove" ? items.filter((_, index) => String(index) !== key) : items;
    }
    const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
        if (name !== key) return [name, item];
        return !deeper && how === "rename" ? [`${name}x`, item] : [name, changed];
    });
    return Object.fromEntries(!deeper && how === "remove" ? entries.filter(([name]) => name !== key) : entries);
}

/** The same for text: JSON is changed as what it says, of other text a part is cut out, repeated or replaced. */
export function mutateText(text: string, mutation: Mutation): string {
    try {
        return JSON.stringify(mutate(JSON.parse(text), mutation));
    } catch {
        const [from = 0, length = 0] = mutation.way;
        const at = text.length === 0 ? 0 : (from * 37) % text.length;
        const junk = typeof mutation.junk === "string" ? mutation.junk : JSON.stringify(mutation.junk);
        const cut = text.slice(0, at) + (mutation.how === "remove" ? "" : junk) + text.slice(at + length);
        return mutation.how === "wrap" ? text + cut : cut;
    }
}
