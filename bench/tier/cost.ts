import type { Cluster } from "../../lab/cluster";
import { pause } from "../mesh/kubernetes";
import { cpuSeconds } from "../mesh/processes";
import type { TraceLoad } from "./load";
import { sendTraces } from "./load";
import { addressOf, JAEGER, networkOfLab, pidOf, readyPods, settled, type Part } from "./parts";

/** CPU seconds of each part for a load, and how many spans that was. */
export interface TierCost {
    spans: number;
    refusedSpans: number;
    seconds: number;
    cpuSeconds: Map<Part, number>;
}

/** Sends traces to a Service, and measures the parts on their way, each of one pod, until Jaeger takes no more. */
export async function measureTraces(
    lab: Cluster,
    { service, parts, holdSeconds }: { service: string; parts: Part[]; holdSeconds: number },
    load: Omit<TraceLoad, "address">,
    signal: AbortSignal,
): Promise<TierCost> {
    const processes: [Part, number][] = [];
    for (const part of parts) {
        const [pod] = await readyPods(lab, part, 1, signal);
        if (pod !== undefined) processes.push([part, pidOf(pod, part)]);
    }
    const address = await addressOf(lab, service);
    const before = processes.map(([, pid]) => cpuSeconds(pid));
    const { spans, refusedSpans, seconds } = await sendTraces(networkOfLab(lab), { ...load, address }, signal);
    await pause(holdSeconds);
    await settled(lab, JAEGER, "receiver_accepted_spans", 2, signal);
    const used = processes.map(([part, pid], index): [Part, number] => [part, cpuSeconds(pid) - (before[index] ?? 0)]);
    return { spans, refusedSpans, seconds, cpuSeconds: new Map(used) };
}
