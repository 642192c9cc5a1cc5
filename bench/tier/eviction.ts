import { evictionFreeTraces, longestWait } from "../../checks/collector/tierSizing";
import type { Cluster } from "../../lab/cluster";
import { pause } from "../mesh/kubernetes";
import { sendTraces } from "./load";
import { addressOf, JAEGER, metricsOf, networkOfLab, SAMPLER, settled, sumOf } from "./parts";

const SPANS_PER_TRACE = 3;
const SECONDS = 30;

/** Traces that a sampler remembers, and for how long, so that a load which it cannot hold is a small one. */
export const SMALL = { waitingTraces: 2200, decisionWaitSeconds: 10 };

/** What became of a load that every rule keeps. */
export interface Eviction {
    tracesPerSecond: number;
    sent: number;
    lost: number;
    /** Spans of the traces that the sampler counts as evicted undecided. */
    counted: number;
}

/** Sends traces at a multiple of the rate up to which a preview says that none is evicted. */
export async function measureEviction(lab: Cluster, times: number, signal: AbortSignal): Promise<Eviction> {
    const size = { ...SMALL, samplers: 1, memoryLimitBytes: undefined };
    const rate = evictionFreeTraces(size) * times;
    const stored = (): Promise<number> => settled(lab, JAEGER, "receiver_accepted_spans", 2, signal);
    const evicted = async (): Promise<number> =>
        sumOf(await metricsOf(lab, SAMPLER), "processor_tail_sampling_sampling_trace_dropped_too_early");
    const [storedBefore, evictedBefore] = [await stored(), await evicted()];
    const load = { counts: { errors: Math.round(rate * SECONDS) }, spansPerTrace: SPANS_PER_TRACE, seconds: SECONDS };
    const address = await addressOf(lab, "tracing-collector");
    const { spans, refusedSpans, seconds } = await sendTraces(networkOfLab(lab), { ...load, address }, signal);
    await pause(longestWait(SMALL) + 2);
    const sent = spans - refusedSpans;
    return {
        tracesPerSecond: spans / SPANS_PER_TRACE / seconds,
        sent,
        lost: sent - ((await stored()) - storedBefore),
        counted: ((await evicted()) - evictedBefore) * SPANS_PER_TRACE,
    };
}
