import type * as pulumi from "@pulumi/pulumi";
import { answersHttpChallenge, type GatewayService, type UiGateway } from "../ui";
import type { PodPolicy } from "../pods";
import type { ResourceRequirements } from "../resources";
import { JAEGER_PORTS } from "../../shared/names/ports";
import { deepMerge, type PlainObject } from "../../shared/values/plainObjects";
import { renderGatewayPodValues } from "./podPolicy";

/** Name of the gateway's Helm release, Deployment, Service and service account. */
export const GATEWAY_NAME = "jaeger-gateway";

/** Labels that select the gateway's pods: the chart derives `istio` from the release's name. */
export const GATEWAY_LABELS = { istio: GATEWAY_NAME };

/** Secret of the certificate that cert-manager issues. */
export const CERTIFICATE_SECRET = "jaeger-ui-tls";

/** Services of Jaeger's query API over gRPC: https://github.com/jaegertracing/jaeger-idl/tree/main/proto */
const QUERY_SERVICES = ["jaeger.api_v2.QueryService", "jaeger.api_v3.QueryService"];

/** Inputs of {@link renderGatewayValues}. */
export interface GatewaySpec {
    resources: ResourceRequirements;
    imagePullPolicy: string;
    /** Restarts the gateway when its proxy must restart. */
    sidecarHash: pulumi.Input<string>;
    pods: PodPolicy;
    /** Revision or tag that injects its proxy. @default the default revision */
    revision?: string | undefined;
}

/**
 * Values of Istio's `gateway` chart.
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/gateway/
 */
export function renderGatewayValues(
    ui: UiGateway,
    { resources, imagePullPolicy, sidecarHash, pods, revision }: GatewaySpec,
): PlainObject {
    const port = (name: string, number: number): PlainObject => ({
        name,
        port: number,
        targetPort: number,
        protocol: "TCP",
    });
    return deepMerge(renderGatewayPodValues(pods), {
        imagePullPolicy,
        resources: { ...resources },
        ...(revision !== undefined && { revision }),
        podAnnotations: { "istio-tracing/sidecar-hash": sidecarHash },
        // As the chart has it, with the profile that the Pod Security Standard `restricted` asks for.
        securityContext: {
            sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
            seccompProfile: { type: "RuntimeDefault" },
        },
        // Usually, one person uses it at a time. For more users, scale the Deployment.
        autoscaling: { enabled: false },
        service: {
            type: ui.serviceType,
            ...renderServiceFields(ui.service),
            // The chart's default list also exposes the health check port.
            ports: [port("http2", 80), ...(ui.tls.mode === "plainHttp" ? [] : [port("https", 443)])],
        },
    });
}

function renderServiceFields({ annotations, sourceRanges, ...rest }: GatewayService = {}): PlainObject {
    const fields = { ...rest, annotations, loadBalancerSourceRanges: sourceRanges };
    // The chart looks whether a field is there, not whether it says something.
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * Spec of the Gateway: one host, and only routes of its own namespace, so that no other team can attach routes to it.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/gateway/
 */
export function renderGatewaySpec(ui: UiGateway): PlainObject {
    const hosts = [`./${ui.host}`];
    const http = { hosts, port: { number: 80, name: "http", protocol: "HTTP" } };
    if (ui.tls.mode === "plainHttp") return { selector: GATEWAY_LABELS, servers: [http] };
    const credentialName = ui.tls.mode === "secret" ? ui.tls.secretName : CERTIFICATE_SECRET;
    const https = {
        hosts,
        port: { number: 443, name: "https", protocol: "HTTPS" },
        tls: { mode: "SIMPLE", credentialName, minProtocolVersion: "TLSV1_2" },
    };
    const redirect = answersHttpChallenge(ui) ? [] : [{ ...http, tls: { httpsRedirect: true } }];
    return { selector: GATEWAY_LABELS, servers: [https, ...redirect] };
}

/**
 * Spec of the VirtualService: the query API over gRPC by its method names, everything below the base path to the UI.
 * The path is not rewritten: Jaeger serves below the same one.
 *
 * @param queryHost full name of Jaeger's query Service.
 */
export function renderVirtualServiceSpec(ui: UiGateway, gateway: string, queryHost: string): PlainObject {
    const to = (port: number): PlainObject => ({ destination: { host: queryHost, port: { number: port } } });
    const { basePath, authentication } = ui;
    // Jaeger's rejection does not contain this header, without which a browser shows an error instead of a login
    // prompt. With any other answer, the header has no effect: https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
    const challenge = authentication.mode === "basic" && {
        headers: { response: { set: { "www-authenticate": 'Basic realm="Jaeger", charset="UTF-8"' } } },
    };
    const below = basePath === "/" ? [{ uri: { prefix: "/" } }] : [basePath, `${basePath}/`].map(uriMatch);
    return {
        hosts: [ui.host],
        gateways: [gateway],
        exportTo: ["."],
        http: [
            {
                name: "query-grpc",
                match: QUERY_SERVICES.map((service) => ({ uri: { prefix: `/${service}/` } })),
                route: [to(JAEGER_PORTS.queryGrpc)],
            },
            { name: "ui", match: below, route: [to(JAEGER_PORTS.queryHttp)], ...challenge },
        ],
    };
}

/**
 * Spec of the AuthorizationPolicy that sends every request to the gateway to the user's own authorizer.
 *
 * @param challenge true if a certificate authority must reach its challenge without authorization.
 */
export function renderExternalAuthorizationSpec(provider: string, challenge: boolean): PlainObject {
    const all = { to: [{ operation: { notPaths: ["/.well-known/acme-challenge/*"] } }] };
    return {
        selector: { matchLabels: GATEWAY_LABELS },
        action: "CUSTOM",
        provider: { name: provider },
        rules: [challenge ? all : {}],
    };
}

function uriMatch(path: string): PlainObject {
    return { uri: path.endsWith("/") ? { prefix: path } : { exact: path } };
}
