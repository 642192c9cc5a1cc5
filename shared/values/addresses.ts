import { BlockList, isIP } from "node:net";

/** True for an IP address in a range such as `10.0.0.0/8`; false for anything that is no address or no range. */
export function isInRange(address: string, range: string): boolean {
    const [network = "", prefix = ""] = range.split("/");
    const family = isIP(network);
    if (family === 0 || isIP(address) !== family || !/^\d+$/.test(prefix)) return false;
    if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
    const kind = family === 4 ? "ipv4" : "ipv6";
    const list = new BlockList();
    list.addSubnet(network, Number(prefix), kind);
    return list.check(address, kind);
}
