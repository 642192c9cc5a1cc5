import type { BadConfiguration } from "./refusal";

const CREDENTIAL = { username: "anna", password: "correct-horse-9" };
const PARENT = { namespace: "gateways", name: "shared" };

function route(change: object, credential: object = CREDENTIAL): Record<string, string> {
    const tls = { mode: "external" };
    const ui = { mode: "httpRoute", host: "traces.example.com", parentGateway: PARENT, tls, ...change };
    return { ui: JSON.stringify(ui), uiBasicAuth: JSON.stringify(credential) };
}

function ingress(change: object, credential: object = CREDENTIAL): Record<string, string> {
    return route({ mode: "ingress", parentGateway: undefined, ingress: { className: "nginx" }, ...change }, credential);
}

/** Routes and Ingresses of the UI that cannot be used, by themselves or together. */
export const BAD_ROUTES: BadConfiguration[] = [
    ["a route without a host", route({ host: undefined }), "ui.host", /the DNS name/],
    ["a route without a gateway", route({ parentGateway: { namespace: "a" } }), "ui.parentGateway.name", /the Gateway/],
    [
        "a route without a namespace of it",
        route({ parentGateway: { name: "a" } }),
        "ui.parentGateway.namespace",
        /the Gateway/,
    ],
    [
        "a listener that is no name",
        route({ parentGateway: { ...PARENT, section: "A" } }),
        "ui.parentGateway.section",
        /name of an object/,
    ],
    ["a route without a word about TLS", route({ tls: undefined }), "ui.tls.mode", /external or, without encryption/],
    [
        "a route with a certificate of its own",
        route({ tls: { mode: "secret", secretName: "a" } }),
        "ui.tls.mode",
        /^external or/,
    ],
    [
        "an Ingress with cert-manager's",
        ingress({ tls: { mode: "certManager" } }),
        "ui.tls.mode",
        /^external, secret or/,
    ],
    [
        "an Ingress without its Secret",
        ingress({ tls: { mode: "secret" } }),
        "ui.tls.secretName",
        /in the Ingress's namespace/,
    ],
    ["an Ingress with a gateway", ingress({ parentGateway: PARENT }), "ui.parentGateway", /ui\.mode is ingress/],
    ["a route with a class", route({ ingress: { className: "nginx" } }), "ui.ingress", /ui\.mode is httpRoute/],
    ["a route with a Service", route({ serviceType: "NodePort" }), "ui.serviceType", /ui\.mode is httpRoute/],
    [
        "a class that is no name",
        ingress({ ingress: { className: "A b" } }),
        "ui.ingress.className",
        /name of an object/,
    ],
    [
        "an annotation of the program's",
        ingress({ ingress: { annotations: { "istio-tracing/authenticated-by": "me" } } }),
        "ui.ingress.annotations.istio-tracing/authenticated-by",
        /neither the program/,
    ],
    ["a route without a password", route({}, {}), "uiBasicAuth", /username and password/],
    [
        "an authorizer that the program could not ask",
        route({ authentication: "external", externalAuthorizer: "oauth2-proxy", from: { namespace: "gateways" } }, {}),
        "ui.externalAuthorizer",
        /ui\.mode is httpRoute/,
    ],
    [
        "external authentication that anybody could go round",
        ingress({ authentication: "external" }, {}),
        "ui.from.namespace",
        /whoever bypasses them/,
    ],
    [
        "a Jaeger for the mesh alone without the gateway's identity",
        route({ jaegerAccess: "mesh", from: { namespace: "gateways" } }),
        "ui.from.serviceAccount",
        /in the mesh/,
    ],
    [
        "an identity that nobody looks at",
        route({ from: { namespace: "gateways", serviceAccount: "shared-istio" } }),
        "ui.from.serviceAccount",
        /jaegerAccess is not mesh/,
    ],
    [
        "a source of requests for the program's own gateway",
        {
            ui: JSON.stringify({
                ...{ mode: "gateway", host: "traces.example.com", from: { namespace: "a" } },
                tls: { mode: "plainHttp" },
            }),
            uiBasicAuth: JSON.stringify(CREDENTIAL),
        },
        "ui.from",
        /ui\.mode is gateway/,
    ],
    [
        "a certificate of somebody else's for the program's own gateway",
        {
            ui: JSON.stringify({ mode: "gateway", host: "traces.example.com", tls: { mode: "external" } }),
            uiBasicAuth: JSON.stringify(CREDENTIAL),
        },
        "ui.tls.mode",
        /the program runs the gateway itself/,
    ],
    [
        "a route to a Jaeger that is not deployed",
        { ...route({}), "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" },
        "ui.mode",
        /jaeger\.deploy is false/,
    ],
];
