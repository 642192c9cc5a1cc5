import type { BadConfiguration } from "./refusal";

const TLS = { mode: "secret", secretName: "traces-tls" };
const CREDENTIAL = { username: "anna", password: "correct-horse-9" };

/** A gateway that is accepted, but for what is given. */
function gateway(change: object, credential: object = CREDENTIAL): Record<string, string> {
    const ui = { mode: "gateway", host: "traces.example.com", tls: TLS, ...change };
    return { ui: JSON.stringify(ui), uiBasicAuth: JSON.stringify(credential) };
}

function issuer(values: object): Record<string, string> {
    return gateway({ tls: { mode: "certManager", issuer: values } });
}

const HOSTS = ["https://traces.example.com", "Traces.example.com", "a_b.example.com", "*.example.com", "10.1.2.3", ""];
const HASHES = ["$2y$10$short", `$2y$31$${"a".repeat(53)}`, `$2x$10$${"a".repeat(53)}`, "$apr1$abcdefgh$abcdefghijkl"];

/** Settings of the UI that cannot be used, by themselves or together. */
export const BAD_UI: BadConfiguration[] = [
    ...HOSTS.map((host): BadConfiguration => [`the host ${host}`, gateway({ host }), "ui.host", /a DNS name/]),
    ["no host", gateway({ host: undefined }), "ui.host", /the DNS name/],
    ["a host with a port", gateway({ host: "traces.example.com:443" }), "ui.host", /without scheme, port/],
    ["an unknown mode", { ui: '{"mode":"route"}' }, "ui.mode", /none, gateway, httpRoute or ingress/],
    ["an unknown field", gateway({ hostname: "x" }), "ui.hostname", /an object with mode/],
    ["a base path with a slash at its end", gateway({ basePath: "/jaeger/" }), "ui.basePath", /without a slash/],
    ["a base path without one at its start", gateway({ basePath: "jaeger" }), "ui.basePath", /a path such as/],
    ["a base path with a blank", gateway({ basePath: "/a b" }), "ui.basePath", /a path such as/],
    ["an unknown Service type", gateway({ serviceType: "Ingress" }), "ui.serviceType", /LoadBalancer/],
    ...["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/08", "internal"].map((range): BadConfiguration => [
        `the source range ${range}`,
        gateway({ service: { sourceRanges: [range] } }),
        "ui.service.sourceRanges.0",
        /ADDRESS\/BITS/,
    ]),
    ["no source range", gateway({ service: { sourceRanges: [] } }), "ui.service.sourceRanges", /one or more/],
    [
        "a host name as address",
        gateway({ service: { loadBalancerIP: "a.example.com" } }),
        "ui.service.loadBalancerIP",
        /an IP address/,
    ],
    [
        "a class with a blank",
        gateway({ service: { loadBalancerClass: "a b" } }),
        "ui.service.loadBalancerClass",
        /such as service/,
    ],
    [
        "an annotation of Pulumi's",
        gateway({ service: { annotations: { "pulumi.com/skipAwait": "true" } } }),
        "ui.service.annotations.pulumi.com/skipAwait",
        /neither the program/,
    ],
    ...["NodePort", "ClusterIP"].map((serviceType): BadConfiguration => [
        `source ranges of a ${serviceType}`,
        gateway({ serviceType, service: { sourceRanges: ["10.0.0.0/8"] } }),
        "ui.service.sourceRanges",
        new RegExp(`ui.serviceType is ${serviceType}, which has no load balancer`),
    ]),
    ["an unknown authentication", gateway({ authentication: "oidc" }), "ui.authentication", /external or open/],
    ["an unknown access", gateway({ jaegerAccess: "all" }), "ui.jaegerAccess", /mesh or cluster/],

    ["no credential", gateway({}, {}), "uiBasicAuth", /username and password/],
    ["an empty password", gateway({}, { ...CREDENTIAL, password: "" }), "uiBasicAuth.password", /12 to 72/],
    ["a short password", gateway({}, { ...CREDENTIAL, password: "eleven-char" }), "uiBasicAuth.password", /12 to 72/],
    [
        "a password that Jaeger takes for a hash",
        gateway({}, { ...CREDENTIAL, password: "{SHA}abcdefghijk" }),
        "uiBasicAuth.password",
        /not starting with/,
    ],
    ...HASHES.map((password): BadConfiguration => [
        `the malformed hash ${password}`,
        gateway({}, { ...CREDENTIAL, password }),
        "uiBasicAuth.password",
        /bcrypt hash/,
    ]),
    ["a name with a colon", gateway({}, { ...CREDENTIAL, username: "a:b" }), "uiBasicAuth.username", /letters, digits/],
    ["a name without a password", gateway({}, { username: "anna" }), "uiBasicAuth.password", /both or neither/],
    [
        "a credential that nobody asks for",
        gateway({ authentication: "open" }),
        "uiBasicAuth.username",
        /authentication is open/,
    ],
    [
        "an external authorizer without its provider",
        gateway({ authentication: "external", externalAuthorizer: "oauth2-proxy" }, {}),
        "ui.externalAuthorizer",
        /extensionProviders/,
    ],
    [
        "an authorizer beside a password",
        gateway({ externalAuthorizer: "oauth2-proxy" }),
        "ui.externalAuthorizer",
        /authentication is basic/,
    ],

    ["no TLS and no word about it", gateway({ tls: undefined }), "ui.tls.mode", /plainHttp/],
    [
        "TLS without the gateway",
        { ui: JSON.stringify({ mode: "none", tls: TLS }) },
        "ui.tls",
        /nothing unless ui\.mode is gateway/,
    ],
    [
        "a host without the gateway",
        { ui: '{"host":"traces.example.com"}' },
        "ui.host",
        /nothing unless ui\.mode is gateway/,
    ],
    [
        "a password without the gateway",
        { uiBasicAuth: JSON.stringify(CREDENTIAL) },
        "uiBasicAuth",
        /unless ui\.mode is gateway/,
    ],
    ["a Secret's name that is none", gateway({ tls: { ...TLS, secretName: "A" } }), "ui.tls.secretName", /a Secret/],
    ["no Secret", gateway({ tls: { mode: "secret" } }), "ui.tls.secretName", /kubernetes\.io\/tls/],
    ["a Secret with plain HTTP", gateway({ tls: { ...TLS, mode: "plainHttp" } }), "ui.tls.secretName", /plainHttp/],
    [
        "an issuer with a Secret",
        gateway({ tls: { ...TLS, issuer: { type: "selfSigned" } } }),
        "ui.tls.issuer",
        /mode is secret/,
    ],
    ["no issuer", gateway({ tls: { mode: "certManager" } }), "ui.tls.issuer.type", /selfSigned, ca or acme/],
    ["an unknown issuer", issuer({ type: "vault" }), "ui.tls.issuer.type", /selfSigned, ca or acme/],
    ["ACME without an e-mail address", issuer({ type: "acme" }), "ui.tls.issuer.email", /e-mail/],
    ["ACME with half an address", issuer({ type: "acme", email: "anna@" }), "ui.tls.issuer.email", /e-mail/],
    [
        "ACME without encryption",
        issuer({ type: "acme", email: "a@example.com", server: "http://acme.example.com/" }),
        "ui.tls.issuer.server",
        /https URL/,
    ],
    [
        "ACME with no solver",
        issuer({ type: "acme", email: "a@example.com", solvers: [] }),
        "ui.tls.issuer.solvers",
        /a list/,
    ],
    ["an authority without its Secret", issuer({ type: "ca" }), "ui.tls.issuer.secretName", /authority/],
    [
        "an e-mail address that nobody reads",
        issuer({ type: "selfSigned", email: "a@example.com" }),
        "ui.tls.issuer.email",
        /selfSigned/,
    ],
    [
        "a version of a cert-manager that is there already",
        gateway({
            tls: { mode: "certManager", issuer: { type: "selfSigned" }, certManagerVersion: "v1.19.4" },
        }),
        "ui.tls.certManagerVersion",
        /installed/,
    ],
    [
        "a version of cert-manager in short",
        gateway({
            tls: { mode: "certManager", certManager: "install", issuer: { type: "ca" }, certManagerVersion: "1.19" },
        }),
        "ui.tls.certManagerVersion",
        /vMAJOR/,
    ],

    [
        "the gateway beside istiod",
        gateway({ gatewayNamespace: "istio-system" }),
        "ui.gatewayNamespace",
        /a separate namespace/,
    ],
    [
        "the gateway beside the demo",
        gateway({ gatewayNamespace: "demo" }),
        "ui.gatewayNamespace",
        /a separate namespace/,
    ],
    [
        "a UI of a Jaeger that is not deployed",
        { ...gateway({}), "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" },
        "ui.mode",
        /jaeger\.deploy is false/,
    ],
    [
        "charts without that of the gateway",
        { ...gateway({}), "istio.chartSource": "./no-charts" },
        "istio.chartSource",
        /gateway/,
    ],
];
