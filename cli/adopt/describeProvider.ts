import { TRACING_KINDS } from "../../checks/mesh/objects";
import { mapAt, type PlainObject } from "../../shared/values/plainObjects";

/** A provider for people, such as `tracing (opentelemetry, jaeger-collector.istio-system.svc.cluster.local:4317)`. */
export function describeProvider(provider: PlainObject): string {
    const kind = TRACING_KINDS.find((one) => provider[one] !== undefined) ?? "";
    const { service, port } = mapAt(provider, kind);
    return `${String(provider["name"])} (${kind}, ${String(service)}:${String(port)})`;
}
