import { BlockList, isIP } from "node:net";
import { isHostName } from "./field";

/** What is wrong with the address of a collector. */
export type AddressFault =
    | "credentials"
    | "empty"
    | "scheme"
    | "blank"
    | "path"
    | "brackets"
    | "noPort"
    | "port"
    | "ipAddress"
    | "name"
    | "loopback"
    | "linkLocal"
    | "mapped"
    | "multicast";

/** Host, without brackets, and port. */
export interface Address {
    host: string;
    port: number;
}

const EXAMPLE = "write it like jaeger-collector.istio-system.svc.cluster.local:4317 or otel.example.com:4317";

/** What a setting takes in the place of each fault, and what to do about it. */
export const ADDRESS_FAULTS: Record<AddressFault, { expected: string; next: string }> = {
    empty: { expected: "host:port", next: EXAMPLE },
    credentials: {
        expected: "host:port without a user name and a password",
        next: "remove them, and set collectorHeaders to the credentials that the collector requires",
    },
    scheme: {
        expected: "host:port without a scheme such as http://",
        next:
            "write only host:port here; https:// is collector.tls { ca: public " +
            "}, and the path, such as /otlp/v1/traces, is collector.path",
    },
    blank: { expected: "host:port without blanks", next: "remove the blanks" },
    path: {
        expected: "host:port without a path",
        next: "move the path to collector.path, if it is not the usual /v1/traces or /api/v2/spans",
    },
    brackets: { expected: "an IPv6 address in brackets", next: "write it like [2001:db8::1]:4317" },
    noPort: { expected: "host:port with a port", next: "add the port, such as :4317 for otlp-grpc" },
    port: {
        expected: "a port from 1 to 65535, in digits without a leading zero",
        next: "write the port on which the collector listens, such as :4317",
    },
    ipAddress: {
        expected: "an IP address: IPv4 of four numbers from 0 to 255, or IPv6 in brackets",
        next: "correct the address, or write the collector's DNS name",
    },
    name: {
        expected:
            "a fully qualified DNS name: labels of 1 to 63 of a-z, 0-9 and -, with dots between, each starting and ending with a " +
            "letter or digit",
        next: EXAMPLE,
    },
    loopback: {
        expected:
            "an address that sidecars can reach, not a loopback one: localhost, 127.0.0.1 and 0.0.0.0 mean each pod " +
            "itself",
        next: "name the collector's Service or its address in the network",
    },
    linkLocal: {
        expected:
            "an address that every node routes to the collector; a link-local one, such as 169.254.169.254 of clouds' " +
            "metadata, is each node's own",
        next: "name the collector's Service or its address in the network",
    },
    mapped: {
        expected: "an IPv4 address in its own form, and an IPv6 address without a zone",
        next: "write it like 10.1.2.3:4317 or [2001:db8::1]:4317",
    },
    multicast: {
        expected: "the address of one host, not a multicast, broadcast or reserved one",
        next: "name the collector's Service or its address in the network",
    },
};

/** Reads the address of a collector that sidecars can send to. */
export function readAddress(text: string): Address | { fault: AddressFault } {
    const form = syntaxFault(text);
    if (form !== undefined) return { fault: form };
    const [, v6, plain = "", digits = ""] = /^(?:\[([^[\]]*)\]|([^[\]:]*)):(.*)$/.exec(text) ?? [];
    const port = Number(digits);
    if (!/^[1-9]\d{0,4}$/.test(digits) || port > 65535) return { fault: "port" };
    const host = v6 ?? plain;
    const fault = v6 === undefined ? plainFault(host) : isIP(host) === 6 ? ipFault(host) : "ipAddress";
    return fault === undefined ? { host, port } : { fault };
}

/** What makes it something other than `host:port`. */
function syntaxFault(text: string): AddressFault | undefined {
    if (text.trim() === "") return "empty";
    if (text.includes("@")) return "credentials";
    if (text.includes("://")) return "scheme";
    if (/\s/.test(text)) return "blank";
    if (/[/?#\\]/.test(text)) return "path";
    if (isIP(text) === 6 || (!text.startsWith("[") && text.split(":").length > 2)) return "brackets";
    if (/^\[[^[\]]*\]$/.test(text) || !text.includes(":")) return "noPort";
    return /^(\[[^[\]]*\]|[^[\]:]*):/.test(text) ? undefined : "brackets";
}

function plainFault(host: string): AddressFault | undefined {
    if (isIP(host) === 4) return ipFault(host);
    if (/^[\d.]+$/.test(host) && host.includes(".")) return "ipAddress";
    if (/(^|\.)localhost\.?$/i.test(host)) return "loopback";
    return isHostName(host) ? undefined : "name";
}

function ipFault(host: string): AddressFault | undefined {
    const family = isIP(host) === 6 ? "ipv6" : "ipv4";
    const [address = ""] = host.split("%");
    const faults = Object.keys(ADDRESSES) as (keyof typeof ADDRESSES)[];
    const found = faults.find((fault) => ADDRESSES[fault].check(address, family));
    if (found !== undefined) return found;
    // An IPv4 address in the form of IPv6 has a shorter form that means the same, and a zone is one node's own.
    return /^::ffff:|%/i.test(host) ? "mapped" : undefined;
}

/** Addresses that mean something else, or nothing, in each pod. */
const ADDRESSES = {
    loopback: blockList(["0.0.0.0", 8, "ipv4"], ["127.0.0.0", 8, "ipv4"], ["::", 127, "ipv6"]),
    linkLocal: blockList(["169.254.0.0", 16, "ipv4"], ["fe80::", 10, "ipv6"]),
    // Reserved and broadcast addresses among them.
    multicast: blockList(["224.0.0.0", 3, "ipv4"], ["ff00::", 8, "ipv6"]),
};

function blockList(...subnets: [string, number, "ipv4" | "ipv6"][]): BlockList {
    const list = new BlockList();
    for (const subnet of subnets) list.addSubnet(...subnet);
    return list;
}
