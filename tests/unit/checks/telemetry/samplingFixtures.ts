import type { MeshConfigObject, TelemetryObject, TracingBlock } from "../../../../checks/mesh/objects";
import { effectiveSampling, type SamplingSources } from "../../../../checks/telemetry/effectiveSampling";
import { describeDecision } from "../../../../checks/telemetry/samplingDecision";

export const MESH: MeshConfigObject = {
    extensionProviders: [
        { name: "tracing", opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 } },
        { name: "other", zipkin: { service: "zipkin.obs.svc.cluster.local", port: 9411 } },
        { name: "vendor", opentelemetry: { service: "v.example.com", port: 443, dynatraceSampler: { tenant: "t" } } },
        { name: "logs", envoyOtelAls: { service: "logs.obs.svc.cluster.local", port: 4317 } },
    ],
};
export const TO_TRACING = [{ name: "tracing" }];
export const ROOT = telemetry("istio-system/mesh-default", { providers: TO_TRACING, randomSamplingPercentage: 5 });

export function telemetry(name: string, block: TracingBlock | TracingBlock[], more: object = {}): TelemetryObject {
    const [namespace, own = ""] = name.split("/");
    return { metadata: { namespace, name: own }, spec: { tracing: Array.isArray(block) ? block : [block], ...more } };
}

export function sampling(telemetries: TelemetryObject[], more: Partial<SamplingSources> = {}) {
    return effectiveSampling({ mesh: MESH, rootNamespace: "istio-system", namespace: "shop", telemetries, ...more });
}

/** `PERCENT by SETTING` of requests that workloads send. */
export function told(...given: Parameters<typeof sampling>): string {
    const { percent, provider, decidedBy } = sampling(...given).client;
    return `${String(percent)} to ${provider ?? "nobody"} by ${describeDecision(decidedBy)}`;
}
