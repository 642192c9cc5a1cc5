import * as pulumi from "@pulumi/pulumi";
import { isIP } from "node:net";
import { OUTSIDE_COLLECTOR_PORT, type Collector, type CollectorTls } from "../collector";
import type { PlainObject } from "../../shared/values/plainObjects";

/**
 * Spec of the ServiceEntry that adds an outside collector to the mesh. Without it, Istio silently drops the provider.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export function renderServiceEntrySpec({ host, port, protocol }: Collector, outsideAddress: string): PlainObject {
    const named = isIP(outsideAddress) === 0;
    return {
        hosts: [host],
        location: "MESH_EXTERNAL",
        ports: [
            {
                number: OUTSIDE_COLLECTOR_PORT,
                targetPort: port,
                name: protocol === "otlp-grpc" ? "grpc-tracing" : "http-tracing",
                // With any other protocol, sidecars would send what the collector does not accept.
                protocol: protocol === "otlp-grpc" ? "GRPC" : "HTTP",
            },
        ],
        ...(named ? { resolution: "DNS" } : { resolution: "STATIC", endpoints: [{ address: outsideAddress }] }),
        // Explicit, because a mesh can have another default. Spans of a namespace that cannot see the entry would be
        // lost silently.
        exportTo: ["*"],
    };
}

/**
 * Spec of the DestinationRule that makes every sidecar use TLS to the collector.
 *
 * @param caConfigMap `NAMESPACE/NAME` of the ConfigMap with the authority; undefined for public ones.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings
 */
export function renderDestinationRuleSpec(
    { host, outsideAddress = host }: Collector,
    { serverName }: CollectorTls,
    caConfigMap: pulumi.Output<string> | undefined,
): PlainObject {
    const name = serverName ?? outsideAddress;
    return {
        host,
        exportTo: ["*"],
        trafficPolicy: {
            tls: {
                mode: "SIMPLE",
                // An IP address is not valid as SNI.
                ...(isIP(name) === 0 && { sni: name }),
                // Without it, any certificate of the authority would be accepted.
                subjectAltNames: [name],
                // Not a Secret: istiod sends Secrets only to sidecars in the same namespace, and drops TLS from
                // mesh-wide rules that name one. It sends a ConfigMap to every sidecar, and updates it live.
                ...(caConfigMap !== undefined && { credentialName: pulumi.interpolate`configmap://${caConfigMap}` }),
            },
        },
    };
}
