import type { Manifest } from "../../shared/kubernetes/manifest";
import { listAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { providerProtocol, type TracingProvider } from "../mesh/configuration";
import { originatedTls } from "../mesh/destinationRules";
import type { CollectorTarget } from "./address";

/** The HTTPS port, at which no server accepts plain text. */
const HTTPS_PORT = 443;
const ENCRYPTED = ["HTTPS", "TLS"];

/** The protocols that sidecars can send to each kind of ServiceEntry port: gRPC needs HTTP/2, all others HTTP/1.1. */
const RIGHT: Record<string, string[]> = { "otlp-grpc": ["GRPC", "HTTP2"], skywalking: ["GRPC", "HTTP2"] };
const RIGHT_FOR_HTTP = ["HTTP", "HTTP2"];

/**
 * Reports a ServiceEntry that does not serve a provider's port with its protocol, or whose host expects TLS while
 * sidecars send plain text.
 */
export function checkCollectorEntry(
    provider: TracingProvider,
    { host, port }: CollectorTarget,
    entry: Manifest,
    objects: Manifest[],
): Finding[] {
    const ports = listAt(entry, "spec", "ports");
    const served = ports.find((candidate) => candidate["number"] === port);
    const protocol = (textAt(served, "protocol") ?? "").toUpperCase();
    const sent = providerProtocol(provider);
    const right = RIGHT[sent] ?? RIGHT_FOR_HTTP;
    const tls = originatedTls(objects, host, port) !== undefined;
    // HTTP/1.1 works with any of these protocols, and with TLS if sidecars start it.
    const passes = RIGHT[sent] === undefined && ["TCP", ...ENCRYPTED].includes(protocol);
    if (served === undefined || !(right.includes(protocol) || passes)) {
        const has = ports.map((one) => `${String(one["number"])} ${String(one["protocol"])}`).join(", ");
        return [
            {
                id: "collector-port-protocol",
                severity: "error",
                ...subjectOf(entry),
                expected: `port ${String(port)} with protocol ${right.join(" or ")}`,
                got: has === "" ? "no ports" : has,
                cure: "Correct the number and the protocol of the port. With any other protocol, the collector receives no span.",
            },
        ];
    }
    const target = typeof served["targetPort"] === "number" ? served["targetPort"] : port;
    if (tls || !([port, target].includes(HTTPS_PORT) || ENCRYPTED.includes(protocol))) return [];
    return [
        {
            id: "collector-tls",
            severity: "error",
            ...subjectOf(entry),
            expected: `TLS to ${host}, whose port ${String(target)} accepts nothing else`,
            got: "plain text, because no DestinationRule starts TLS for it",
            cure: `Add a DestinationRule for ${host} with tls: { mode: SIMPLE, sni: ${host} } for port ${String(port)}.`,
        },
    ];
}

/**
 * Reports TLS that sidecars start at a port that applications use for their own HTTPS. Their connections are then
 * encrypted twice, and the host cannot read them.
 */
export function checkCapturedHttps({ port, host }: CollectorTarget, entry: Manifest, objects: Manifest[]): Finding[] {
    if (port !== HTTPS_PORT || originatedTls(objects, host, port) === undefined) return [];
    return [
        {
            id: "collector-port-own",
            severity: "warning",
            ...subjectOf(entry),
            expected: `a separate port for spans to ${host}`,
            got:
                `port ${String(port)}, on which every sidecar starts TLS, even around an application's own HTTPS to ` +
                "this host",
            cure:
                "Add a port to the ServiceEntry, such as number: 8443, protocol: HTTP (GRPC for OTLP over gRPC), " +
                "targetPort: 443. Name 8443 in the provider, and start TLS only in portLevelSettings of 8443.",
        },
    ];
}
