import { isKind, resourceName, textAt, type Manifest } from "./manifest";

/** Where charts of collectors take the protocol of a Service's port. */
const PORT_VALUES: Record<string, string> = {
    alloy: "alloy.extraPorts[].appProtocol",
    "k8s-monitoring": "alloy.extraPorts[].appProtocol below the collector, such as alloy-receiver",
    "opentelemetry-collector": "ports.otlp.appProtocol",
    "tempo-distributed": "distributor.appProtocol.grpc",
};

/**
 * Where the port of a Service is to be set, when something else writes the Service: a chart or an operator would undo a
 * change of the Service itself. Undefined for a Service that is written by hand.
 *
 * @param holder the Service, or the object of an operator that makes it.
 */
export function portHome(holder: Manifest): string | undefined {
    if (isKind(holder, "OpenTelemetryCollector", "opentelemetry.io")) return `spec.ports of ${resourceName(holder)}`;
    const chart = chartNameOf(textAt(holder, "metadata", "labels", "helm.sh/chart"));
    if (chart === undefined) return undefined;
    const value = PORT_VALUES[chart];
    return value === undefined ? `the values of the chart ${chart}` : `the value ${value} of the chart ${chart}`;
}

/** `alloy` of `alloy-1.2.0`. */
function chartNameOf(label: string | undefined): string | undefined {
    const name = label?.replace(/-v?\d+\.\d+.*$/, "");
    return name === "" ? undefined : name;
}
