import { z } from "zod";
import { DEFAULT_CERT_MANAGER_NAMESPACE, DEFAULT_GATEWAY_NAMESPACE } from "../ui";
import * as versions from "../versions";
import { CHART_ACCESS_SCHEMA, CHART_PASSWORD, isChartAddress } from "./chartAccess";
import { GATEWAY_SERVICE_SCHEMA } from "./gatewayService";
import { dnsLabel, dnsName, isHostName, type Field } from "./field";
import { FROM_SCHEMA, INGRESS_SCHEMA, PARENT_GATEWAY_SCHEMA } from "./uiRouteFields";

/** Text of a form, with what it takes in words and what it is for. */
function text(expected: string, form: RegExp | ((value: string) => boolean), meaning: string) {
    const fits = typeof form === "function" ? form : (value: string): boolean => form.test(value);
    return z.string({ error: expected }).refine(fits, { error: expected }).optional().describe(meaning);
}

function choice<const Words extends [string, ...string[]]>(words: Words, meaning: string) {
    const last = words.at(-1) ?? "";
    const expected = words.length === 1 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
    return z.enum(words, { error: expected }).optional().describe(meaning);
}

const DNS_NAME = "a DNS name in lower case, such as traces.example.com, without scheme, port, path and wildcard";
const namespace = (meaning: string) =>
    text(
        'a namespace: 1 to 63 of a-z, 0-9 and -, not "default" and not starting with "kube-"',
        (name) => dnsLabel.test(name) && !name.startsWith("kube-") && name !== "default",
        meaning,
    );
const secretName = (meaning: string) =>
    text("the name of a Secret", (name) => name.length <= 253 && dnsName.test(name), meaning);

const PASSWORD =
    "12 to 72 printable ASCII characters without blanks at the ends, not starting with $ or {, or a bcrypt hash of cost " +
    "05 to 14, which is $2y$10$ and 53 characters more";

const issuer = z.strictObject({
    type: choice(["selfSigned", "ca", "acme"], "who signs the certificate"),
    secretName: secretName("with `ca`: Secret in `gatewayNamespace` with the authority's certificate and key"),
    email: text(
        "an e-mail address",
        /^[^\s@<>]{1,64}@[^\s@<>]{1,190}$/,
        "with `acme`: the authority writes to this address before a certificate expires",
    ),
    server: text(
        "the https URL of an ACME directory",
        /^https:\/\/[^\s/]+\/\S*$/,
        `with \`acme\`: the authority; default: ${versions.ACME_SERVER}`,
    ),
    solvers: z
        .array(z.record(z.string(), z.unknown(), { error: "a solver as cert-manager writes it" }), {
            error: "a list of solvers as cert-manager writes them",
        })
        .min(1, { error: "a list of solvers as cert-manager writes them" })
        .optional()
        .describe("with `acme`: cert-manager's `solvers`; default: HTTP-01 on port 80 of the gateway"),
});

const tls = z.strictObject({
    mode: choice(
        ["certManager", "secret", "external", "plainHttp"],
        "source of the certificate; `external`: the gateway or controller that somebody else runs; " +
            "`plainHttp`: no certificate",
    ),
    secretName: secretName(
        "with `secret`: Secret of type kubernetes.io/tls in `gatewayNamespace` or, with ingress, in `istio.namespace`",
    ),
    issuer: issuer.optional(),
    certManager: choice(
        ["installed", "install"],
        "with `certManager`: it is already installed, or the program installs it",
    ),
    certManagerNamespace: namespace(
        `with \`install\`: created by the program; default: ${DEFAULT_CERT_MANAGER_NAMESPACE}`,
    ),
    certManagerVersion: text(
        "a release of cert-manager as vMAJOR.MINOR.PATCH",
        /^v\d{1,3}\.\d{1,3}\.\d{1,3}$/,
        `with \`install\`; default: ${versions.CERT_MANAGER_VERSION}`,
    ),
    certManagerChart: CHART_ACCESS_SCHEMA.extend({
        source: text(
            "a Helm repository (https://...) or a folder of an OCI registry (oci://...), without user name, password and query",
            (value) => isChartAddress(value) && !value.startsWith("http:"),
            `with \`install\`: source of the chart cert-manager; default: ${versions.CERT_MANAGER_CHART_SOURCE}`,
        ),
    }).optional(),
});

/** The settings that say who may see traces, and how. */
export const UI_FIELDS = {
    ui: {
        expected: "an object with mode and, unless it is none, host, tls and more; or {}",
        next: "write it like { mode: gateway, host: traces.example.com, tls: { mode: secret, secretName: traces-tls } }",
        schema: z.strictObject({
            mode: choice(
                ["none", "gateway", "httpRoute", "ingress"],
                "`none`: only through kubectl; `gateway`: through a gateway that the program installs; `httpRoute`, " +
                    "`ingress`: through a gateway of the Gateway API or an ingress controller that somebody else runs",
            ),
            host: text(DNS_NAME, isHostName, "host name of the UI; required unless the mode is none"),
            basePath: text(
                "/ or a path such as /jaeger, without a slash at its end",
                /^(\/|(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}){1,8})$/,
                "path of the UI, both in Jaeger and in the route; default: /",
            ),
            authentication: choice(
                ["basic", "external", "open"],
                "`basic`: with uiBasicAuth; `external`: by your authorizer or gateway; `open`: none; default: basic",
            ),
            externalAuthorizer: text(
                "the name of an extension provider in istio.values",
                /^\S{1,253}$/,
                "with `gateway` and `external`: extension provider that authorizes every request",
            ),
            serviceType: choice(
                ["LoadBalancer", "NodePort", "ClusterIP"],
                "type of the gateway's Service; default: LoadBalancer",
            ),
            service: GATEWAY_SERVICE_SCHEMA.optional(),
            parentGateway: PARENT_GATEWAY_SCHEMA.optional(),
            ingress: INGRESS_SCHEMA.optional(),
            from: FROM_SCHEMA.optional(),
            gatewayNamespace: namespace(
                "namespace of the gateway and its certificate, created by the program unless it must contain your " +
                    `Secret; default: ${DEFAULT_GATEWAY_NAMESPACE}`,
            ),
            jaegerAccess: choice(
                ["mesh", "cluster"],
                "who may reach Jaeger inside of the cluster: `mesh`: sidecars that send spans, and the " +
                    "gateway; `cluster`: every pod; default: mesh with the gateway, otherwise cluster",
            ),
            tls: tls.optional(),
        }),
        default: {},
    },
    certManagerChartPassword: {
        ...CHART_PASSWORD,
        next: "set it with: pulumi config set --secret certManagerChartPassword",
        default: "",
        secret: true,
        encrypted: true,
    },
    uiBasicAuth: {
        expected: "an object with username and password, or {}",
        next:
            "set pulumi config set --path uiBasicAuth.username NAME and, with a password or with what follows the colon in " +
            "the output of htpasswd -nBC 10 NAME, pulumi config set --secret --path uiBasicAuth.password",
        schema: z
            .strictObject({
                username: text(
                    "a name of 1 to 64 letters, digits and . _ @ -",
                    /^[A-Za-z0-9._@-]{1,64}$/,
                    "who may see traces",
                ),
                password: text(
                    PASSWORD,
                    isPassword,
                    "as text, which is then also in the cluster's Secret, or as a hash",
                ),
            })
            .superRefine(({ username, password }, context) => {
                if ((username === undefined) === (password === undefined)) return;
                const path = [username === undefined ? "username" : "password"];
                context.addIssue({ code: "custom", path, message: "username and password, both or neither" });
            }),
        default: {},
        secret: true,
        encrypted: true,
    },
} as const satisfies Record<string, Field>;

/** Jaeger takes a password that starts with $ or { for a hash. */
function isPassword(text: string): boolean {
    return /^([!-#%-z|}~][ -~]{10,70}[!-~]|\$2[aby]\$(0[5-9]|1[0-4])\$[./A-Za-z0-9]{53})$/.test(text);
}
