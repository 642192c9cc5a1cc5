import type { Cluster } from "../../lab/cluster";
import { admin } from "./counters";
import { until } from "./kubernetes";
import { sendLoad } from "./load";
import { networkOf, type Pair } from "./pairs";

/** The rates of a sidecar's listeners, and the clusters that its tracers send to, in a dump of its listeners. */
export function tracingOf(dump: string): { percents: number[]; clusters: string[] } {
    const rates = [...dump.matchAll(/"random_sampling":\s*\{\s*(?:"value":\s*([\d.e-]+)\s*)?\}/g)];
    const clusters = [...dump.matchAll(/"(?:cluster_name|collector_cluster|cluster)":\s*"(outbound\|\d+\|\|[^"]+)"/g)];
    return {
        percents: [...new Set(rates.map((match) => Number(match[1] ?? 0)))],
        clusters: [...new Set(clusters.map((match) => match[1] ?? ""))],
    };
}

/** Waits until both sidecars of a pair have a rate, and send to a port of the collector; at 0 percent none traces. */
export async function untilLive(
    lab: Cluster,
    pair: Pair,
    { percent, port }: { percent: number; port: number },
    signal: AbortSignal,
): Promise<void> {
    for (const member of [pair.caller, pair.callee]) {
        await until(40, signal, async () => {
            const { percents, clusters } = tracingOf(
                await admin(lab, member, "config_dump?resource=dynamic_listeners"),
            );
            if (percent === 0) return percents.length === 0 ? true : `${member.pod} still traces`;
            if (percents.length !== 1 || percents[0] !== percent)
                return `${member.pod} has ${percents.join(", ")} percent`;
            const collectors = clusters.filter((name) => name.includes("||jaeger-collector."));
            const right =
                collectors.length > 0 && collectors.every((name) => name.startsWith(`outbound|${String(port)}|`));
            return right ? true : `${member.pod} sends to ${collectors.join(", ")}`;
        });
    }
    // Old filter chains can still serve one last request of an idle connection.
    const warm = { connections: 8, seconds: 10, requests: 200 };
    await sendLoad(networkOf(pair), { address: pair.address, port: 80, authority: pair.authority, ...warm }, signal);
}
