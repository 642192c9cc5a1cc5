import { isKind, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import type { ServicePort } from "../../shared/kubernetes/objects";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import { listAt, textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { portOwner } from "./portOwner";

/**
 * Protocols that Istio recognizes from a port:
 * https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
const PROTOCOLS = ["http", "http2", "https", "grpc", "grpc-web", "mongo", "mysql", "redis", "tcp", "tls", "udp"];
const APP_PROTOCOLS: Record<string, string> = {
    "kubernetes.io/h2c": "http2",
    "kubernetes.io/ws": "http",
    "kubernetes.io/wss": "https",
};

/**
 * The protocol that Istio reads from a port; undefined if Istio has to detect it from the traffic. The name counts only
 * without an appProtocol.
 */
export function protocolOf({ name, appProtocol }: Pick<ServicePort, "name" | "appProtocol">): string | undefined {
    const known = APP_PROTOCOLS[appProtocol ?? ""];
    if (known !== undefined) return known;
    const marker = (appProtocol ?? name ?? "").toLowerCase();
    if (marker === "grpc-web" || marker.startsWith("grpc-web-")) return "grpc-web";
    const [prefix = ""] = marker.split("-");
    return PROTOCOLS.includes(prefix) ? prefix : undefined;
}

/** True if Istio uses HTTP/2 for the port, which gRPC needs. */
export function isGrpcPort(port: Pick<ServicePort, "name" | "appProtocol">): boolean {
    return ["grpc", "http2"].includes(protocolOf(port) ?? "");
}

/** `4317 (name otlp, appProtocol tcp)`. */
export function describePort({ port, name, appProtocol }: ServicePort): string {
    const marks = [name === undefined ? "no name" : `name ${name}`];
    if (appProtocol !== undefined) marks.push(`appProtocol ${appProtocol}`);
    return `${String(port)} (${marks.join(", ")})`;
}

/** The ports of a Service; none for other objects and for type ExternalName. */
export function portsOf(manifest: Manifest): ServicePort[] {
    if (!isKind(manifest, "Service", "") || textAt(manifest, "spec", "type") === "ExternalName") return [];
    return listAt(manifest, "spec", "ports").map((port) => ({
        ...{ port: Number(port["port"]), name: textAt(port, "name"), protocol: textAt(port, "protocol") },
        ...{ appProtocol: textAt(port, "appProtocol"), targetPort: targetPortOf(port) },
    }));
}

/** The target port of a Service port, by number or name; undefined for neither. */
export function targetPortOf({ targetPort }: Manifest): ServicePort["targetPort"] {
    return typeof targetPort === "number" || typeof targetPort === "string" ? targetPort : undefined;
}

/** Reports a Service port for OTLP over gRPC for which Istio would use HTTP/1.1 or an unknown protocol. */
export function checkOtlpPortMarked(manifest: Manifest): Finding[] {
    return portsOf(manifest)
        .filter(lacksGrpcMark)
        .map((port) => grpcFinding(resourceName(manifest), port, portOwner(manifest, "protocol")));
}

/** True for a well-known port of OTLP over gRPC for which Istio does not use gRPC. */
export function lacksGrpcMark(port: ServicePort): boolean {
    const { port: number, targetPort, name = "" } = port;
    const takesOtlp = [number, targetPort].includes(RECEIVER_PORTS["otlp-grpc"]) || /otlp-?grpc|grpc-?otlp/i.test(name);
    return takesOtlp && !isGrpcPort(port);
}

/**
 * The finding for a port that accepts gRPC but is not marked.
 *
 * @param home where to set it, if that is not the Service itself.
 */
export function grpcFinding(resource: string, port: ServicePort, home?: string): Finding {
    return {
        id: "collector-port-grpc",
        severity: "error",
        resource,
        expected: `port ${String(port.port)} marked as gRPC (appProtocol: grpc, or a name that starts with grpc)`,
        got: describePort(port),
        cure:
            `Set appProtocol: grpc on that port${home === undefined ? "" : `, in ${home}`}. Without it, sidecars use ` +
            "HTTP/1.1, and the collector rejects every span",
    };
}

/**
 * The health port of Istio's gateways, which is not traced:
 * https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
const GATEWAY_STATUS_PORT = 15021;

/** Reports Service ports whose protocol Istio has to detect. Requests through them may pass as TCP, without a span. */
export function checkPortsNamed(manifest: Manifest): Finding[] {
    return (
        portsOf(manifest)
            .filter(({ port, protocol = "TCP" }) => protocol === "TCP" && port !== GATEWAY_STATUS_PORT)
            // Another rule reports ports for OTLP, with their protocol.
            .filter((port) => protocolOf(port) === undefined && !lacksGrpcMark(port))
            .map((port) => ({
                id: "service-ports-named",
                severity: "error",
                resource: resourceName(manifest),
                expected: "a protocol for every port: appProtocol, or a name such as http or http-web",
                got: describePort(port),
                cure: "Set appProtocol (http, grpc, tcp or another) on that port. Requests that pass as TCP have no span.",
            }))
    );
}
