import { isKind, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import { textAt } from "../../shared/values/plainObjects";

/** The part of a Service's port to set: the whole port, or its protocol. */
export type PortPart = "port" | "protocol";

/** The chart values in which collector charts define the ports of their Service. */
const PORT_VALUES: Record<string, Record<PortPart, string>> = {
    alloy: { port: "alloy.extraPorts", protocol: "alloy.extraPorts[].appProtocol" },
    "k8s-monitoring": {
        port: "alloy.extraPorts below the collector, such as alloy-receiver",
        protocol: "alloy.extraPorts[].appProtocol below the collector, such as alloy-receiver",
    },
    "opentelemetry-collector": { port: "ports", protocol: "ports.otlp.appProtocol" },
    "tempo-distributed": { port: "traces", protocol: "distributor.appProtocol.grpc" },
};

/**
 * Where to set the port of a Service that a chart or an operator writes, which would undo a change of the Service
 * itself. Undefined for a Service that is written by hand.
 *
 * @param holder the Service, or the operator's object that creates it.
 */
export function portOwner(holder: Manifest, part: PortPart): string | undefined {
    if (isKind(holder, "OpenTelemetryCollector", "opentelemetry.io")) return `spec.ports of ${resourceName(holder)}`;
    const chart = chartNameOf(textAt(holder, "metadata", "labels", "helm.sh/chart"));
    if (chart === undefined) return undefined;
    const value = PORT_VALUES[chart]?.[part];
    return value === undefined ? `the values of the chart ${chart}` : `the value ${value} of the chart ${chart}`;
}

/** `alloy` of `alloy-1.2.0`. */
function chartNameOf(label: string | undefined): string | undefined {
    const name = label?.replace(/-v?\d+\.\d+.*$/, "");
    return name === "" ? undefined : name;
}
