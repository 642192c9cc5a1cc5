import { RECEIVER_PORTS, type CollectorProtocol } from "../../shared/names/ports";
import type { Finding } from "../finding";

/** A collector port that is the usual one of another protocol: spans would be lost without an error. */
export function checkCollectorPort({ port, protocol }: { port: number; protocol: CollectorProtocol }): Finding[] {
    const usual = Object.entries(RECEIVER_PORTS).find(([, number]) => number === port)?.[0];
    if (usual === undefined || usual === protocol) return [];
    return [
        {
            id: "collector-port-protocol",
            severity: "warning",
            resource: "collectorAddress",
            expected: `a port that takes ${protocol}, usually ${String(RECEIVER_PORTS[protocol])}`,
            got: `port ${String(port)}, usually ${usual}`,
            cure: "Check that the collector takes this protocol there; if not, every span is lost and nothing says so.",
        },
    ];
}

/** Headers, most of them keys, that leave the cluster where anybody on the way can read them. */
export function checkCollectorHeaders(names: string[], leavesCluster: boolean, tls: boolean): Finding[] {
    if (names.length === 0 || !leavesCluster || tls) return [];
    return [
        {
            id: "collector-headers-tls",
            severity: "warning",
            resource: "collectorHeaders",
            expected: "TLS to a collector outside of the cluster",
            got: `${names.join(", ")} sent without`,
            cure: "Set collector.tls, for example to { ca: public }, if the collector takes TLS.",
        },
    ];
}
