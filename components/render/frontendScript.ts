/** Who starts the trace of a frontend request. */
export type TraceContextOrigin = "client" | "mesh";

/**
 * The frontend's loop: one request after another, each logged with its status, without end.
 *
 * With `client`, every request carries a new sampled trace context with a 128-bit trace ID and a 64-bit span ID, in W3C
 * `traceparent` and in matching B3 headers. With `mesh`, it carries no trace header, and the first sidecar starts the
 * trace. After a failed request, the next one follows after a second, regardless of the interval.
 *
 * Reads BACKEND_URL and INTERVAL_SECONDS. Needs `sh`, `od`, `tr`, `curl`, `sleep` and `touch`.
 */
export function renderFrontendScript(origin: TraceContextOrigin): string {
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
        '  status=$(curl -sS -o /dev/null -w "%{http_code}" --max-time "$limit" "$@" "$BACKEND_URL")',
        '  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) GET $BACKEND_URL status=$status trace_id=$trace_id"',
        "  touch /tmp/alive",
        '  if [ "$status" = 200 ]; then touch /tmp/ready; limit=10; pause=$INTERVAL_SECONDS; else pause=1; fi',
        '  sleep "$pause" & wait $!',
        "done",
    ];
    return [...head, ...request, ...tail, ""].join("\n");
}
