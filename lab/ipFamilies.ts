import { UserError } from "../shared/terminal/errors";

/** A version of the Internet Protocol, as Kubernetes writes it in small letters. */
export type IpFamily = "ipv4" | "ipv6";

/** The addresses of a lab in one family. They are the same in every lab but the node's, since no packet leaves a lab. */
export interface FamilyNetwork {
    nodeAddress: (lab: number) => string;
    nodePrefix: number;
    serviceSubnet: string;
    podSubnet: string;
    /** The single node's part of the pod subnet. */
    nodePodSubnet: string;
    dnsAddress: string;
    /** Of the Service `default/kubernetes`: the first one of the subnet. */
    apiServiceAddress: string;
    /** All addresses, as a destination of routes. */
    everywhere: string;
    /** All addresses of a machine, as one to listen on. */
    unspecified: string;
    /** Folder of the kernel settings below /proc/sys/net, with the one that lets a machine forward packets. */
    forwarding: string;
}

export const FAMILY_NETWORKS: Record<IpFamily, FamilyNetwork> = {
    ipv4: {
        nodeAddress: (lab) => `10.200.${String(lab)}.1`,
        nodePrefix: 24,
        serviceSubnet: "10.96.0.0/16",
        podSubnet: "10.244.0.0/16",
        nodePodSubnet: "10.244.0.0/24",
        dnsAddress: "10.96.0.10",
        apiServiceAddress: "10.96.0.1",
        everywhere: "0.0.0.0/0",
        unspecified: "0.0.0.0",
        forwarding: "ipv4/ip_forward",
    },
    ipv6: {
        nodeAddress: (lab) => `fd00:200:${lab.toString(16)}::1`,
        nodePrefix: 64,
        serviceSubnet: "fd00:96::/112",
        podSubnet: "fd00:244::/56",
        nodePodSubnet: "fd00:244::/64",
        dnsAddress: "fd00:96::a",
        apiServiceAddress: "fd00:96::1",
        everywhere: "::/0",
        unspecified: "::",
        forwarding: "ipv6/conf/all/forwarding",
    },
};

/**
 * The environment variable LAB_IP_FAMILIES: the families of a lab's addresses, the one that Services have by default first.
 *
 * @returns `["ipv4"]` by default.
 * @throws UserError when it is none of `ipv4`, `ipv6`, `ipv4,ipv6` and `ipv6,ipv4`.
 */
export function labFamilies(): IpFamily[] {
    const text = process.env["LAB_IP_FAMILIES"] ?? "ipv4";
    const families = text.split(",").filter((one): one is IpFamily => one === "ipv4" || one === "ipv6");
    if (families.length > 0 && families.join(",") === text && new Set(families).size === families.length)
        return families;
    throw new UserError(
        `LAB_IP_FAMILIES: expected ipv4, ipv6 or ipv4,ipv6 in either order, got ${JSON.stringify(text)}`,
        2,
    );
}

/** The networks of some families. */
export function networksOf(families: IpFamily[]): FamilyNetwork[] {
    return families.map((family) => FAMILY_NETWORKS[family]);
}

/** Something of each of the families, as Kubernetes takes it: separated by commas, the default first. */
export function ofFamilies(families: IpFamily[], what: (network: FamilyNetwork) => string): string {
    return networksOf(families).map(what).join(",");
}

/** `HOST:PORT`, with an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
    return host.includes(":") ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}
