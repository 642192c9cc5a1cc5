import type { Finding } from "./finding";

/**
 * A client that flags its requests as sampled where the provider lets that flag win over the rate.
 *
 * Measured on Istio 1.31: with Zipkin an incoming sampled flag wins at any rate; with OpenTelemetry a request is
 * recorded only when its flag is set and the sidecar's own draw says so too.
 */
export function checkClientFlag(samplingPercent: number, protocol: string, clientsFlag: boolean): Finding[] {
    if (!clientsFlag || protocol !== "zipkin" || samplingPercent === 0 || samplingPercent === 100) return [];
    return [
        {
            id: "client-flag-overrules-sampling",
            severity: "warning",
            resource: "samplingPercent",
            expected: `${String(samplingPercent)} percent of the frontend's requests recorded`,
            got: "all of them: with zipkin the sampled flag that the frontend sends wins over the rate",
            cure: "Set frontendTraceContext to mesh, or take otlp-grpc, where the rate counts for flagged requests too.",
        },
    ];
}
