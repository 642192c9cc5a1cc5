/**
 * Envoy's short response flags in the access log, in words.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/substitution_formatter (RESPONSE_FLAGS)
 */
const MEANINGS: Partial<Record<string, string>> = {
    DC: "the client closed the connection",
    DF: "the name of the host could not be resolved",
    DI: "a fault filter delayed the request",
    DO: "a drop policy of the cluster dropped the request",
    DPE: "the client sent an invalid HTTP request",
    DR: "the client reset the request",
    DT: "the request or the connection took longer than its time limit",
    FI: "a fault filter answered with an error",
    IH: "a header that is checked has an invalid value",
    LH: "the sidecar failed its own health check",
    LR: "the sidecar reset the connection",
    NC: "the sidecar has no cluster for the route",
    NFCF: "no filter configuration arrived in time",
    NR: "no route or filter chain matches the request",
    OM: "the overload manager ended the request",
    RFCF: "the answer came from a cache filter",
    RL: "a rate limit rejected the request",
    RLSE: "the rate limit service failed",
    SI: "the stream was idle for longer than its time limit",
    UAEX: "the external authorization service rejected the request",
    UC: "the connection to the host behind the cluster was closed before an answer",
    UDO: "a drop policy of the cluster drops every request",
    UF: "no connection to the host behind the cluster",
    UH: "the cluster has no healthy host",
    UMSDR: "the request exceeded its maximum duration",
    UO: "a limit of the cluster for connections or requests was reached (circuit breaker)",
    UPE: "the host behind the cluster did not answer in the expected protocol",
    UR: "the host behind the cluster reset the request",
    URX: "all retries or connection attempts failed",
    UT: "no answer within the time limit",
};

/** The flags of one line, such as `UF,URX`, each with its meaning. */
export function describeFlags(flags: string): string {
    return flags
        .split(",")
        .map((flag) => {
            const meaning = Object.hasOwn(MEANINGS, flag) ? MEANINGS[flag] : undefined;
            return meaning === undefined ? flag : `${flag} (${meaning})`;
        })
        .join(", ");
}
