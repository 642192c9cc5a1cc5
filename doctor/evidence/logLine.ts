/** A request in a line of a sidecar's access log, in any format; undefined if the format does not contain a field. */
export interface LoggedRequest {
    /** The origin of the answer: the sidecar itself, or a host of one of its clusters. */
    answeredBy: { by: "sidecar" } | { by: "upstream"; cluster: string } | undefined;
    /** Whether the sidecar recorded it. */
    recorded: boolean | undefined;
    traceId: string | undefined;
    requestId: string | undefined;
    /** Milliseconds since 1970. */
    timeMs: number | undefined;
}

/**
 * Response code details of a sidecar's own answers, by the setting of a route:
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details
 */
const OWN_ANSWERS = /\b(?:direct_response|fault_filter_abort|lua_response|ext_authz_\w+|rbac_access_denied\w*)\b/;
const CLUSTER = /\b(?:(?:out|in)bound\|\d+\|[^|\s"]*\|[^\s",}]*|PassthroughCluster|BlackHoleCluster)/;
/** In text or as a field of JSON. */
const NO_CLUSTER = /\bupstream_cluster(?:_raw)?"?\s*[=:]\s*(?:-|"-"|null)(?=[\s,}]|$)/i;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i;

/** Reads a line in Istio's formats, in this program's format, or in one with the same keys. */
export function readLogLine(line: string): LoggedRequest {
    const cluster = CLUSTER.exec(line)?.[0];
    const own = OWN_ANSWERS.test(line) || (cluster === undefined && NO_CLUSTER.test(line));
    const [, ofContext, flags] = /\b00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})\b/.exec(line) ?? [];
    const named = /\btrace_?id"?\s*[=:]\s*"?([0-9a-f]{16,32})\b/i.exec(line)?.[1];
    const time = Date.parse(/\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(line)?.[0] ?? "");
    return {
        answeredBy: own ? { by: "sidecar" } : cluster === undefined ? undefined : { by: "upstream", cluster },
        recorded: flags === undefined ? undefined : (parseInt(flags, 16) & 1) === 1,
        traceId: ofContext ?? named,
        requestId: UUID.exec(line)?.[0],
        timeMs: Number.isNaN(time) ? undefined : time,
    };
}
