import type { Manifest } from "../../shared/kubernetes/manifest";
import { listAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { providerProtocol, type TracingProvider } from "../mesh/configuration";
import { originatedTls } from "../mesh/destinationRules";
import type { CollectorTarget } from "./address";

/** The port of HTTPS, behind which nobody takes plain text. */
const HTTPS_PORT = 443;
const ENCRYPTED = ["HTTPS", "TLS"];

/** What sidecars can send by each protocol of a ServiceEntry's port: gRPC needs HTTP/2, all else HTTP/1.1. */
const RIGHT: Record<string, string[]> = { "otlp-grpc": ["GRPC", "HTTP2"], skywalking: ["GRPC", "HTTP2"] };
const RIGHT_FOR_HTTP = ["HTTP", "HTTP2"];

/** A ServiceEntry that does not serve a provider's port by its protocol, or to whose TLS sidecars would speak plain text. */
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
    // HTTP/1.1 goes through a port of any of these, with TLS where sidecars start it.
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
                cure: "Correct number and protocol of the port: by any other protocol the collector gets no span.",
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
            expected: `TLS to ${host}, whose port ${String(target)} takes nothing else`,
            got: "plain text: no DestinationRule here starts TLS for it",
            cure: `Add a DestinationRule for ${host} with tls: { mode: SIMPLE, sni: ${host} } for port ${String(port)}.`,
        },
    ];
}

/**
 * TLS that sidecars start at the port which applications use for HTTPS of their own: theirs is then wrapped once more, and
 * the host does not understand it.
 */
export function checkCapturedHttps({ port, host }: CollectorTarget, entry: Manifest, objects: Manifest[]): Finding[] {
    if (port !== HTTPS_PORT || originatedTls(objects, host, port) === undefined) return [];
    return [
        {
            id: "collector-port-own",
            severity: "warning",
            ...subjectOf(entry),
            expected: `a port of the mesh's own for spans to ${host}`,
            got: `port ${String(port)}, at which every sidecar starts TLS, also around an application's HTTPS to this host`,
            cure:
                "Give the ServiceEntry a further port, as number: 8443, protocol: HTTP (GRPC for OTLP over gRPC), " +
                "targetPort: 443; name 8443 in the provider, and start TLS in portLevelSettings of 8443 alone.",
        },
    ];
}
