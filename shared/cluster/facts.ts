/** Why a question to the cluster has no answer. */
export interface Failure {
    kind: "forbidden" | "unauthorized" | "unreachable" | "untrusted" | "unexpected";
    /** In words, without the question. */
    reason: string;
    /** True if the API server itself refused, false if a pod behind its proxy did. @default unknown */
    byApiServer?: boolean;
}

/** The answer to a question, or why there is none. */
export type Fact<T> = { value: T } | { failure: Failure };

/** The objects of a list; none when it could not be read. */
export function itemsOf<T>(fact: Fact<T[] | undefined>): T[] {
    return "value" in fact ? (fact.value ?? []) : [];
}
