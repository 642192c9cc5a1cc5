/** What is compared: the facts that do not differ between two runs of the same situation. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type JsonObject = Record<string, Json | undefined>;

/** One step of a plan. */
export interface PlannedStep {
    op: string;
    resource: string;
    inputs?: Json;
    dependencies?: string[];
    detailedDiff?: JsonObject;
    replaceReasons?: string[];
}

export interface Plan {
    failed: boolean;
    summary: Record<string, number>;
    steps: PlannedStep[];
}

/** What an operation came to. */
export interface Result {
    exitCode?: number;
    failure?: { kind: string; step?: string; resource?: string };
    summary: Record<string, number>;
    /** `OPERATION RESOURCE`, sameness left out. */
    steps: string[];
    /** Of what was replaced: whether the new one was there before the old one was deleted. */
    createdFirst: Record<string, boolean>;
    outputs: JsonObject;
    state: JsonObject[];
    /** What is in the cluster. */
    objects: string[];
}

/** What was recorded of one situation. */
export interface Record_ {
    name: string;
    /** A destroy and a refresh are not planned before. */
    plan?: Plan;
    result: Result;
}

/** `KIND::NAME`, with the kinds of the parents. */
export const short = (urn: string): string => urn.split("::").slice(2).join("::");
export const isObject = (value: unknown): value is JsonObject =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Nothing that is empty, no chosen name, in the order of the alphabet. */
export function tidy(value: unknown): Json | undefined {
    if (typeof value === "string") return value.replaceAll(/-[0-9a-f]{8}\b/g, "-<hex>");
    if (Array.isArray(value)) return value.map((part) => tidy(part) ?? null);
    if (!isObject(value)) return value as Json | undefined;
    const entries = Object.entries(value).map(([key, part]) => [key, tidy(part)] as const);
    const told = entries.filter(([, part]) => part !== undefined && part !== null && part !== false && part !== "");
    const full = told.filter(([, part]) => typeof part !== "object" || Object.keys(part ?? {}).length > 0);
    return Object.fromEntries(full.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const sorted = (texts: Iterable<string> | undefined): string[] => [...new Set(texts ?? [])].sort();

/** Paths of what is secret in a value. */
export function secretPaths(value: unknown, isSecret: (part: unknown) => boolean, path = ""): string[] {
    if (isSecret(value)) return [path];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, part]) =>
        key.startsWith("__") ? [] : secretPaths(part, isSecret, path === "" ? key : `${path}.${key}`),
    );
}

/** Counts of operations, of which there were some. */
export const counted = (summary: object): Record<string, number> =>
    Object.fromEntries(
        Object.entries(summary)
            .filter((entry): entry is [string, number] => typeof entry[1] === "number" && entry[1] > 0)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
    );

export const byResource = <Step extends { resource: string; op: string }>(steps: Step[]): Step[] =>
    [...steps].sort((a, b) => (`${a.resource} ${a.op}` < `${b.resource} ${b.op}` ? -1 : 1));
