import { kubectl } from "../support/sharedLab";
import { apply, describeFaults, patch } from "./faults";

const DEMO = "demo";
const selector = { matchLabels: { app: "backend" } };

/** The filter of Istio's own documentation, which admits five requests in ten minutes. */
const LIMIT = {
    name: "envoy.filters.http.local_ratelimit",
    typed_config: {
        "@type": "type.googleapis.com/udpa.type.v1.TypedStruct",
        type_url: "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        value: {
            stat_prefix: "http_local_rate_limiter",
            token_bucket: { max_tokens: 5, tokens_per_fill: 5, fill_interval: "600s" },
            filter_enabled: { runtime_key: "limit_enabled", default_value: { numerator: 100 } },
            filter_enforced: { runtime_key: "limit_enforced", default_value: { numerator: 100 } },
        },
    },
};

describeFaults("what a target wants of its callers", [
    {
        what: "a token that the target asks for",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "security.istio.io/v1",
                kind: "AuthorizationPolicy",
                metadata: { name: "tokens", namespace: DEMO },
                spec: { selector, rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] },
            });
        },
        id: "request-failed",
        segment: "routing",
        got: /^403, 403, 403: .* ask for a token \(JWT\), and the doctor's requests have none$/,
        mend: (lab) => {
            kubectl(lab, "delete", "authorizationpolicy", "tokens", "-n", DEMO, "--ignore-not-found");
        },
        full: true,
    },
    {
        what: "a rate limit of the target's sidecar",
        inject: (lab) => {
            const listener = { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } };
            apply(lab, {
                apiVersion: "networking.istio.io/v1alpha3",
                kind: "EnvoyFilter",
                metadata: { name: "limit", namespace: DEMO },
                spec: {
                    workloadSelector: { labels: selector.matchLabels },
                    configPatches: [
                        {
                            applyTo: "HTTP_FILTER",
                            match: { context: "SIDECAR_INBOUND", listener },
                            patch: { operation: "INSERT_BEFORE", value: LIMIT },
                        },
                    ],
                },
            });
        },
        id: "requests-limited",
        segment: "routing",
        got: /RL \(a rate limit rejected the request\)/,
        mend: (lab) => {
            kubectl(lab, "delete", "envoyfilter", "limit", "-n", DEMO, "--ignore-not-found");
        },
        full: true,
    },
    {
        what: "a Service that only another namespace may see",
        inject: (lab) => {
            kubectl(lab, "annotate", "service", "backend", "-n", DEMO, "networking.istio.io/exportTo=shop");
        },
        id: "target-not-visible",
        segment: "sidecar",
        got: /^networking\.istio\.io\/exportTo: shop/,
        full: true,
    },
    {
        // The lab's Envoy has no filter that announces HTTP to the target's sidecar.
        what: "a port of which the target's sidecar detects TCP",
        inject: (lab) => {
            const port = "/spec/ports/0";
            const unnamed = { op: "remove", path: `${port}/appProtocol` };
            patch(lab, DEMO, "service/backend", unnamed, { op: "replace", path: `${port}/name`, value: "web" });
        },
        id: "service-port-protocol",
        segment: "sidecar",
        got: /^name web: sidecars detect the protocol of each connection/,
        full: true,
    },
    {
        what: "a rate of 0 where traces begin",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "telemetry.istio.io/v1",
                kind: "Telemetry",
                metadata: { name: "quiet", namespace: DEMO },
                spec: { tracing: [{ randomSamplingPercentage: 0 }] },
            });
        },
        id: "sampling-zero",
        segment: "sampling",
        got: /^0 percent, from Telemetry demo\/quiet, randomSamplingPercentage/,
        mend: (lab) => {
            kubectl(lab, "delete", "telemetry", "quiet", "-n", DEMO, "--ignore-not-found");
        },
        full: true,
    },
]);
