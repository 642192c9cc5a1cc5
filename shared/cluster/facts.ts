/** Why a request to the cluster has no answer. */
export interface Failure {
    kind: "forbidden" | "unauthorized" | "unreachable" | "untrusted" | "unexpected";
    /** For people, without the request. */
    reason: string;
    /** True if the API server itself rejected the request, false if a pod behind its proxy did. @default unknown */
    byApiServer?: boolean;
    /** HTTP status of an unexpected answer. @default there was none */
    status?: number;
}

/** The answer to a request, or why there is none. */
export type Fact<T> = { value: T } | { failure: Failure };

/** The objects of a list; empty if it could not be read. */
export function itemsOf<T>(fact: Fact<T[] | undefined>): T[] {
    return "value" in fact ? (fact.value ?? []) : [];
}
