import { RECEIVER_PORTS, type CollectorProtocol } from "../../shared/names/ports";
import type { Finding } from "../finding";

/** Reports a collector port that is the default port of another protocol. Spans would be lost without an error. */
export function checkCollectorPort({ port, protocol }: { port: number; protocol: CollectorProtocol }): Finding[] {
    const usual = Object.entries(RECEIVER_PORTS).find(([, number]) => number === port)?.[0];
    if (usual === undefined || usual === protocol) return [];
    return [
        {
            id: "collector-port-protocol",
            severity: "warning",
            resource: "collectorAddress",
            expected: `a port that accepts ${protocol}, usually ${String(RECEIVER_PORTS[protocol])}`,
            got: `port ${String(port)}, which is usually for ${usual}`,
            cure: "Check that the collector accepts this protocol there. Otherwise every span is lost silently.",
        },
    ];
}

/** Reports headers, usually with keys, that leave the cluster unencrypted. */
export function checkCollectorHeaders(names: string[], leavesCluster: boolean, tls: boolean): Finding[] {
    if (names.length === 0 || !leavesCluster || tls) return [];
    return [
        {
            id: "collector-headers-tls",
            severity: "warning",
            resource: "collectorHeaders",
            expected: "TLS to a collector outside the cluster",
            got: `${names.join(", ")} sent without TLS`,
            cure: "If the collector accepts TLS, set collector.tls, for example to { ca: public }.",
        },
    ];
}
