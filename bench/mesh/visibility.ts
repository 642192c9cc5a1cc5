import { JaegerClient } from "../../shared/jaeger/client";
import type { Cluster } from "../../lab/cluster";
import { pause } from "./kubernetes";
import { sendLoad, type TracedRequest } from "./load";
import { networkOf, type Pair } from "./pairs";

/** Spans of one request: its caller's and its callee's. */
const SPANS = 2;
/** Longer than the slowest export holds spans. */
const PATIENCE_SECONDS = 10;
/** The precision of a time. */
const POLL_SECONDS = 0.02;

/** Seconds from each request until Jaeger returns its complete trace, without traces that never arrived. */
export async function timeToVisible(
    lab: Cluster,
    pair: Pair,
    { requests, requestsPerSecond }: { requests: number; requestsPerSecond: number },
    signal: AbortSignal,
): Promise<{ seconds: number[]; missing: number }> {
    const jaeger = new JaegerClient(lab.jaegerUrl);
    const pending = new Map<string, TracedRequest>();
    const seconds: number[] = [];
    const load = { connections: 2, seconds: requests / requestsPerSecond + 5, requests, requestsPerSecond };
    const target = { address: pair.address, port: 80, authority: pair.authority };
    const state = { sending: true };
    const sending = sendLoad(networkOf(pair), { ...target, ...load, traces: true }, signal, (request) => {
        pending.set(request.traceId, request);
    }).finally(() => {
        state.sending = false;
    });
    const watch = async (): Promise<void> => {
        let deadline = Infinity;
        while (state.sending || (pending.size > 0 && Date.now() < deadline)) {
            if (signal.aborted) return;
            if (!state.sending) deadline = Math.min(deadline, Date.now() + PATIENCE_SECONDS * 1000);
            for (const { traceId, sentAt } of [...pending.values()]) {
                const trace = await jaeger.trace(traceId);
                if ((trace?.spans.length ?? 0) < SPANS) continue;
                seconds.push((performance.timeOrigin + performance.now() - sentAt) / 1000);
                pending.delete(traceId);
            }
            await pause(POLL_SECONDS);
        }
    };
    await Promise.all([sending, watch()]);
    return { seconds, missing: pending.size };
}
