/** Who starts the trace of a frontend request. */
export type TraceContextOrigin = "client" | "mesh";

/**
 * The frontend's loop: one request after another, each logged with its status, without end.
 *
 * With `client`, every request carries a new sampled trace context with a 128-bit trace ID and a 64-bit span ID, in W3C
 * `traceparent` and in matching B3 headers. With `mesh`, it carries no trace header, and the first sidecar starts the
 * trace. After a failed request, the next one follows after a second, regardless of the interval.
 *
 * @param callsOrders true: each request to the backend is followed by one to `orders` with the same headers, whose failure
 * delays nothing.
 *
 * Reads BACKEND_URL, INTERVAL_SECONDS and, if it calls `orders`, ORDERS_URL. Needs `sh`, `od`, `tr`, `curl`, `sleep` and `touch`.
 */
export function renderFrontendScript(origin: TraceContextOrigin, callsOrders = false): string {
    const head = [
        "set -u",
        "trap 'exit 0' TERM INT",
        "hex() { od -An -v -N\"$1\" -tx1 /dev/urandom | tr -d ' \\n'; }",
        // Short until the first answer, because a request to a backend that is just starting may hang until the limit.
        "limit=2",
        "while true; do",
    ];
    const request = {
        client: [
            "  trace_id=$(hex 16); span_id=$(hex 8)",
            '  set -- -H "traceparent: 00-$trace_id-$span_id-01" \\',
            '    -H "x-b3-traceid: $trace_id" -H "x-b3-spanid: $span_id" -H "x-b3-sampled: 1"',
        ],
        mesh: ["  trace_id=-; set --"],
    }[origin];
    const tail = [
        ...get("status", "BACKEND_URL", '"$limit"'),
        ...(callsOrders ? get("orders", "ORDERS_URL", "10") : []),
        "  touch /tmp/alive",
        '  if [ "$status" = 200 ]; then touch /tmp/ready; limit=10; pause=$INTERVAL_SECONDS; else pause=1; fi',
        '  sleep "$pause" & wait $!',
        "done",
    ];
    return [...head, ...request, ...tail, ""].join("\n");
}

/** One request and its line in the log. Its status goes into a variable. */
function get(variable: string, url: string, limit: string): string[] {
    return [
        `  ${variable}=$(curl -sS -o /dev/null -w "%{http_code}" --max-time ${limit} "$@" "$${url}")`,
        `  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) GET $${url} status=$${variable} trace_id=$trace_id"`,
    ];
}
