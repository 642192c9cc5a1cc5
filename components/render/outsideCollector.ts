import * as pulumi from "@pulumi/pulumi";
import { isIP } from "node:net";
import { OUTSIDE_COLLECTOR_PORT, type Collector, type CollectorTls } from "../collector";
import type { PlainObject } from "../../shared/values/plainObjects";

/**
 * Spec of the ServiceEntry that makes an outside collector known to every sidecar: without it Istio drops the provider
 * and says nothing.
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
                // By any other protocol sidecars would speak something that the collector does not take.
                protocol: protocol === "otlp-grpc" ? "GRPC" : "HTTP",
            },
        ],
        ...(named ? { resolution: "DNS" } : { resolution: "STATIC", endpoints: [{ address: outsideAddress }] }),
        // Said aloud, since a mesh may have another default: unseen by a namespace, its spans would be lost in silence.
        exportTo: ["*"],
    };
}

/**
 * Spec of the DestinationRule by which every sidecar speaks TLS to the collector.
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
                // An IP address is no name to ask for.
                ...(isIP(name) === 0 && { sni: name }),
                // Without it any certificate of the authority would do.
                subjectAltNames: [name],
                // A Secret would not do: istiod gives Secrets to sidecars of their own namespace alone, and leaves TLS
                // out of rules that name one for the whole mesh. A ConfigMap it gives to every sidecar, and live.
                ...(caConfigMap !== undefined && { credentialName: pulumi.interpolate`configmap://${caConfigMap}` }),
            },
        },
    };
}
