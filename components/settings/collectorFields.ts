import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { CA_CONFIG_MAP, DEFAULT_PROTOCOL, formatAddress, type Collector } from "../collector";
import { ADDRESS_FAULTS, readAddress, type Address } from "./collectorAddress";
import { CHOICE_NEXT, dnsName, isHostName, type Field } from "./field";

const CA =
    "public, or only certificates as PEM text, or configmap:NAME for a ConfigMap in Istio's namespace " +
    "with the key ca.crt";
const SERVER_NAME = "the DNS name in the server's certificate, as text";

/** How a server is known by its certificate. */
export const TLS_SCHEMA = z
    .strictObject({
        // Windows ends lines otherwise; one form, so that nothing rolls or drifts by the machine that ran last.
        ca: z
            .string({ error: CA })
            .transform((text) => text.replace(/\r\n?/g, "\n"))
            .refine(isCa, { error: CA })
            .optional(),
        serverName: z.string({ error: SERVER_NAME }).refine(isHostName, { error: SERVER_NAME }).optional(),
    })
    .superRefine((tls, context) => {
        if (tls.serverName === undefined || tls.ca !== undefined) return;
        context.addIssue({ code: "custom", path: ["ca"], message: CA });
    });

const PATH =
    "a path of 1 to 200 letters, digits and . _ ~ - between slashes, starting with one, without query and without the " +
    "parts . and .., or nothing";
const COLLECTOR = "an object with host, port and protocol and, where needed, outsideAddress, path and tls";
const HOST = "the fully qualified DNS name by which the mesh knows the collector";
const PORT = "a whole number from 1 to 65535 (the port on which the collector listens)";

/** As many as a Secret has room for, were each of the greatest length. */
const MAX_HEADERS = 64;
const FEW_HEADERS = `at most ${String(MAX_HEADERS)} headers`;

/** The settings that say where spans go. */
export const COLLECTOR_FIELDS = {
    collectorAddress: {
        expected:
            "host:port without a scheme; the host is a fully qualified name or an IP address (IPv6 in brackets) that " +
            "sidecars can reach, not a loopback, multicast or link-local one; the port is from 1 to 65535; or nothing",
        next: "write it like jaeger-collector.istio-system.svc.cluster.local:4317 or otel.example.com:4317",
        schema: z.string().transform((text, context): Address | undefined => {
            if (text === "") return undefined;
            const address = readAddress(text);
            if (!("fault" in address)) return address;
            context.addIssue({ code: "custom", params: { fault: address.fault } });
            return z.NEVER;
        }),
        faults: ADDRESS_FAULTS,
        default: "",
        follows: {
            preset: "jaeger-collector.istio-system.svc.cluster.local:4317",
            from: ["istio.namespace", "clusterDomain", "collector.protocol"],
        },
    },
    "collector.protocol": {
        meaning: "Protocol in which sidecars send spans. The port in `collectorAddress` must accept it.",
        expected: "otlp-grpc, otlp-http or zipkin",
        next: CHOICE_NEXT,
        schema: z.enum(["otlp-grpc", "otlp-http", "zipkin"]),
        default: DEFAULT_PROTOCOL,
    },
    "collector.path": {
        meaning:
            "Path to which sidecars post spans, for a collector with a non-standard path. By default, `/v1/traces` " +
            "with otlp-http and `/api/v2/spans` with zipkin; otlp-grpc has none.",
        expected: PATH,
        next: "write it like /otlp/v1/traces; credentials go into collectorHeaders",
        schema: z.string().refine((path) => path === "" || isPath(path)),
        default: "",
        // Where people put a key by mistake.
        secret: true,
    },
    "collector.tls": {
        meaning:
            "TLS to the collector: `ca` (public, PEM text, or configmap:NAME for a ConfigMap in Istio's namespace with the " +
            "key ca.crt) and `serverName`. Empty for no TLS.",
        expected: "an object with ca and, if needed, serverName; or {} for no TLS",
        next: "write it like { ca: public } or { ca: configmap:collector-ca, serverName: otel.example.com }",
        schema: TLS_SCHEMA,
        default: {},
        // Who pastes a private key by mistake must not find it in a log.
        secret: true,
    },
    collectorHeaders: {
        expected: "an object of header names and their values, each as text",
        next: "set one like: pulumi config set --secret --path collectorHeaders.authorization 'Bearer ...'",
        schema: z
            .record(z.string(), z.unknown())
            .superRefine((headers, context) => {
                if (Object.keys(headers).length > MAX_HEADERS)
                    context.addIssue({ code: "custom", message: FEW_HEADERS });
                for (const name of Object.keys(headers)) {
                    const problem = headerProblem(headers, name);
                    if (problem !== undefined) context.addIssue({ code: "custom", path: [name], message: problem });
                }
            })
            .transform((headers) =>
                Object.fromEntries(
                    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value as string]),
                ),
            ),
        default: {},
        secret: true,
        encrypted: true,
    },
} as const satisfies Record<string, Field>;

/** Where spans go, as components take it: what collectorAddress and the settings of collector say together. */
export const COLLECTOR_FIELD = {
    expected: COLLECTOR,
    next: 'write it like { host: "jaeger-collector.istio-system.svc.cluster.local", port: 4317, protocol: "otlp-grpc" }',
    schema: z
        .strictObject(
            {
                host: z.string({ error: HOST }).refine(isHostName, { error: HOST }),
                port: z.int({ error: PORT }).min(1, { error: PORT }).max(65535, { error: PORT }),
                protocol: z.enum(["otlp-grpc", "otlp-http", "zipkin"], {
                    error: COLLECTOR_FIELDS["collector.protocol"].expected,
                }),
                outsideAddress: z.string({ error: COLLECTOR_FIELDS.collectorAddress.expected }).optional(),
                path: z.string({ error: PATH }).refine(isPath, { error: PATH }).optional(),
                tls: TLS_SCHEMA.optional(),
            },
            { error: COLLECTOR },
        )
        .superRefine((collector, context) => {
            const address = readAddress(formatAddress(collector));
            if ("fault" in address) {
                const path = [collector.outsideAddress === undefined ? "host" : "outsideAddress"];
                context.addIssue({ code: "custom", path, message: ADDRESS_FAULTS[address.fault].expected });
            }
            if (collector.tls !== undefined && collector.tls.ca === undefined) {
                context.addIssue({ code: "custom", path: ["tls", "ca"], message: CA });
            }
        })
        .transform((collector) => collector as Collector),
    // Who pastes a private key by mistake must not find it in a log.
    secret: ["tls", "path"],
} as const satisfies Omit<Field, "default">;

/** istiod would clean any other one: https://pkg.go.dev/net/url#JoinPath */
function isPath(text: string): boolean {
    return text.length <= 200 && /^(\/|(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+\/?)$/.test(text);
}

function isCa(text: string): boolean {
    if (text === "public") return true;
    if (text.startsWith(CA_CONFIG_MAP)) {
        const name = text.slice(CA_CONFIG_MAP.length);
        return name.length <= 253 && dnsName.test(name);
    }
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
    const rest = blocks.reduce((left, block) => left.replace(block, ""), text);
    return blocks.length > 0 && rest.trim() === "" && blocks.every(isCertificate);
}

function isCertificate(pem: string): boolean {
    try {
        return new X509Certificate(pem).raw.length > 0;
    } catch {
        return false;
    }
}

/** Headers that belong to the transport: the proxy writes them itself. */
const TRANSPORT_HEADERS = [
    "host",
    "connection",
    "content-length",
    "content-type",
    "te",
    "transfer-encoding",
    "upgrade",
];

/** What is wrong with one of several headers of every export call. */
export function headerProblem(headers: Record<string, unknown>, name: string): string | undefined {
    const names = Object.keys(headers).map((one) => one.toLowerCase());
    return headerNameProblem(name, names) ?? headerValueProblem(headers[name]);
}

function headerNameProblem(name: string, lowerCaseNames: string[]): string | undefined {
    const lower = name.toLowerCase();
    if (!/^[a-z0-9][a-z0-9_-]{0,99}$/.test(lower) || lower.startsWith("grpc-")) {
        return "a header name: 1 to 100 letters, digits, - and _, not starting with grpc-";
    }
    if (TRANSPORT_HEADERS.includes(lower)) return `a header other than ${TRANSPORT_HEADERS.join(", ")}`;
    const twice = lowerCaseNames.filter((other) => other === lower).length > 1;
    return twice ? "each header once, regardless of upper and lower case" : undefined;
}

function headerValueProblem(value: unknown): string | undefined {
    if (typeof value === "string" && /^[!-~]([ -~]{0,8190}[!-~])?$/.test(value)) return undefined;
    return "1 to 8192 printable ASCII characters as text, without blanks at the ends";
}
