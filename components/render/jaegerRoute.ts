import type * as k8s from "@pulumi/kubernetes";
import { AUTHENTICATED_BY } from "../../checks/jaeger/exposure";
import { JAEGER_PORTS, RECEIVER_PORTS } from "../../shared/names/ports";
import type { PlainObject } from "../../shared/values/plainObjects";
import type { UiHttpRoute, UiIngress, UiRoute } from "../ui";

/** Name of the route or the Ingress in the cluster, and of Jaeger's query Service that it leads to. */
export const ROUTE_NAME = "jaeger-ui";
const QUERY_SERVICE = "jaeger-query";

/** Without this header, a browser shows Jaeger's rejection instead of a login prompt. */
const CHALLENGE = { name: "WWW-Authenticate", value: 'Basic realm="Jaeger", charset="UTF-8"' };

/** Annotations of the route or the Ingress. */
export function renderRouteAnnotations(ui: UiRoute): Record<string, string> {
    return {
        ...(ui.mode === "ingress" && ui.annotations),
        ...(ui.authentication.mode === "external" && { [AUTHENTICATED_BY]: "gateway" }),
    };
}

/**
 * Spec of the HTTPRoute: everything below the base path to the UI. The path is not rewritten: Jaeger serves below the
 * same one. The query API over gRPC has no route.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httproute
 */
export function renderHttpRouteSpec({ parent, host, basePath, authentication }: UiHttpRoute): PlainObject {
    const { namespace, name, section } = parent;
    return {
        parentRefs: [{ namespace, name, ...(section !== undefined && { sectionName: section }) }],
        hostnames: [host],
        rules: [
            {
                // Matches whole elements of a path: /jaeger and /jaeger/search, but not /jaegers.
                matches: [{ path: { type: "PathPrefix", value: basePath } }],
                ...(authentication.mode === "basic" && {
                    filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier: { set: [CHALLENGE] } }],
                }),
                backendRefs: [{ name: QUERY_SERVICE, port: JAEGER_PORTS.queryHttp }],
            },
        ],
    };
}

/** Spec of the Ingress: https://kubernetes.io/docs/concepts/services-networking/ingress/ */
export function renderIngressSpec({ className, host, basePath, tls }: UiIngress): PlainObject {
    const backend = { service: { name: QUERY_SERVICE, port: { number: JAEGER_PORTS.queryHttp } } };
    return {
        ...(className !== undefined && { ingressClassName: className }),
        rules: [{ host, http: { paths: [{ path: basePath, pathType: "Prefix", backend }] } }],
        ...(tls.mode === "secret" && { tls: [{ hosts: [host], secretName: tls.secretName }] }),
    };
}

/**
 * Spec of the NetworkPolicy on Jaeger: queries only from these namespaces, everything else from everywhere. Port forwarding
 * and probes are not affected. It has an effect only where the cluster's network enforces such policies.
 */
export function renderQueryPolicySpec(
    selector: Record<string, string>,
    namespaces: string[],
): k8s.types.input.networking.v1.NetworkPolicySpec {
    const ports = (numbers: number[]): k8s.types.input.networking.v1.NetworkPolicyPort[] =>
        numbers.map((port) => ({ port, protocol: "TCP" }));
    const { queryHttp, health, metrics } = JAEGER_PORTS;
    const from = namespaces.map((namespace) => ({
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    }));
    return {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress"],
        ingress: [
            { ports: ports([...Object.values(RECEIVER_PORTS), health, metrics]) },
            { from, ports: ports([queryHttp]) },
        ],
    };
}
