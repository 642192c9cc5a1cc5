/** One request of the doctor during a change. */
export interface ChangeRequest {
    /** When it was sent, in milliseconds since 1970. */
    atMs: number;
    traceId: string;
    /**
     * `answered`: with a status below 500. `failed`: with a higher one, or without an answer. `unsent`: the pod that
     * sends could not, or ended meanwhile, which says nothing about the mesh.
     */
    outcome: "answered" | "failed" | "unsent";
    /** HTTP status; 0 without an answer. */
    status: number;
    /** Why it failed or was not sent; otherwise empty. */
    reason: string;
    /**
     * The trace at last: `unknown` if Jaeger did not answer or must not have it, `gone` if it was complete and Jaeger
     * has it no more.
     */
    trace: "complete" | "incomplete" | "missing" | "gone" | "unknown";
    /** Hops without a span, of an incomplete trace. */
    without: string[];
}

/** What the requests during a change show. */
export interface DuringReport {
    /** The path for people. */
    path: string;
    intervalMs: number;
    requests: ChangeRequest[];
    /** Times for which requests failed, from the first that failed to the next that was answered. */
    outages: Outage[];
    /** Why no spans are counted; undefined if they are. */
    blind: string | undefined;
    /** Why it sent no more requests before the change had ended; undefined if it did not stop. */
    stopped: string | undefined;
}

/** A time for which requests failed, in milliseconds since 1970. */
export interface Outage {
    fromMs: number;
    /** Undefined if no request was answered after it. */
    toMs: number | undefined;
    failed: number;
}

/** Finds the outages in requests of any order. */
export function findOutages(requests: ChangeRequest[]): Outage[] {
    const outages: Outage[] = [];
    let open: Outage | undefined;
    const inOrder = [...requests].sort((left, right) => left.atMs - right.atMs);
    for (const { atMs, outcome } of inOrder) {
        if (outcome === "failed") {
            if (open === undefined) outages.push((open = { fromMs: atMs, toMs: undefined, failed: 0 }));
            open.failed++;
        } else if (outcome === "answered" && open !== undefined) {
            open.toMs = atMs;
            open = undefined;
        }
    }
    return outages;
}

/** True if the change cost requests or spans. */
export function isCostly({ requests }: Pick<DuringReport, "requests">): boolean {
    return requests.some(isLost);
}

/** True for a request that failed, or whose trace was lost. */
export function isLost(request: ChangeRequest): boolean {
    return request.outcome === "failed" || isTraceLost(request);
}

/** True if spans of the trace are missing. */
export function isTraceLost({ trace }: ChangeRequest): boolean {
    return ["incomplete", "missing", "gone"].includes(trace);
}

/** True if at least one request was answered and its trace could be looked for. */
export function isProven({ requests, blind }: Pick<DuringReport, "requests" | "blind">): boolean {
    return blind === undefined && requests.some(({ outcome, trace }) => outcome === "answered" && trace !== "unknown");
}
