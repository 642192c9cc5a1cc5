import type { Cluster } from "../../lab/cluster";
import { readSidecars, restingJaeger, settledJaeger, sidecarGrowth, type SidecarCounts } from "./counters";
import { sendLoad, type Load, type LoadResult } from "./load";
import { networkOf, type Pair } from "./pairs";
import { cpuSeconds } from "./processes";

/** The cost of a load, and the result for its spans. */
export interface Cost {
    load: LoadResult;
    /** CPU seconds. */
    caller: number;
    callee: number;
    jaeger: number;
    sidecars: SidecarCounts;
    /** Spans in Jaeger's own counts. */
    accepted: number;
    refused: number;
    stored: number;
    storeFailed: number;
    /** From the end of the load until the last span was stored or was known to be lost. */
    lateSeconds: number;
}

/**
 * Sends a load through a pair and takes stock once no more spans arrive.
 *
 * @param limitSeconds waits so long for the very last of the two spans that each request leaves, while one is on its way.
 */
export async function measureLoad(
    lab: Cluster,
    pair: Pair,
    jaegerPid: number,
    load: Omit<Load, "address" | "port" | "authority">,
    signal: AbortSignal,
    limitSeconds?: number,
): Promise<Cost> {
    const pids = [pair.caller.envoyPid, pair.callee.envoyPid, jaegerPid];
    const [counted, received] = [await readSidecars(lab, pair), await restingJaeger(lab, signal)];
    const before = pids.map(cpuSeconds);
    const target = { address: pair.address, port: 80, authority: pair.authority };
    const done = await sendLoad(networkOf(pair), { ...target, ...load }, signal);
    const all = (received.stored ?? 0) + 2 * done.answered;
    const ended = performance.now();
    const arrived = await (limitSeconds === undefined
        ? restingJaeger(lab, signal)
        : settledJaeger(lab, pair, { stored: all, limitSeconds }, signal));
    const lateSeconds = (performance.now() - ended) / 1000;
    const [caller = 0, callee = 0, jaeger = 0] = pids.map((pid, index) => cpuSeconds(pid) - (before[index] ?? 0));
    return {
        ...{ load: done, caller, callee, jaeger },
        sidecars: sidecarGrowth(counted, await readSidecars(lab, pair)),
        accepted: arrived.accepted - received.accepted,
        refused: arrived.refused - received.refused,
        stored: (arrived.stored ?? 0) - (received.stored ?? 0),
        storeFailed: arrived.storeFailed - received.storeFailed,
        lateSeconds,
    };
}
