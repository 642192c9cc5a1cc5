import { ownCollectorHost } from "../../components/collector";
import { RECEIVER_PORTS, type CollectorProtocol } from "../../shared/names/ports";
import { TRACING_PROVIDER } from "../../components/render/meshConfig";
import type { Cluster } from "../../lab/cluster";
import { withApi } from "./kubernetes";
import { BENCH_NAMESPACE } from "./pairs";

const HOST = ownCollectorHost("istio-system", "cluster.local");

/** Further providers, with which the benchmark's namespace can export without another `up`. */
export const EXTRA_PROVIDERS = [
    {
        name: "bench-otlp-http",
        opentelemetry: {
            service: HOST,
            port: RECEIVER_PORTS["otlp-http"],
            http: { path: "/v1/traces", timeout: "3s" },
        },
    },
    {
        name: "bench-zipkin",
        zipkin: {
            service: HOST,
            port: RECEIVER_PORTS.zipkin,
            traceContextOption: "USE_B3_WITH_W3C_PROPAGATION",
        },
    },
];

const PROVIDER_OF: Record<CollectorProtocol, string> = {
    "otlp-grpc": TRACING_PROVIDER,
    "otlp-http": "bench-otlp-http",
    zipkin: "bench-zipkin",
};

/** Sets rate and protocol of the benchmark's namespace, live. */
export async function setTracing(lab: Cluster, percent: number, protocol: CollectorProtocol): Promise<void> {
    const providers = [{ name: PROVIDER_OF[protocol] }];
    await withApi(lab, (api) =>
        api.apply(`/apis/telemetry.istio.io/v1/namespaces/${BENCH_NAMESPACE}/telemetries/bench`, {
            apiVersion: "telemetry.istio.io/v1",
            kind: "Telemetry",
            metadata: { name: "bench", namespace: BENCH_NAMESPACE },
            spec: {
                tracing: [{ providers, randomSamplingPercentage: percent, disableSpanReporting: percent === 0 }],
            },
        }),
    );
}
