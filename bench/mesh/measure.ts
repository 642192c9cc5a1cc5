import type { Cluster } from "../../lab/cluster";
import { jaegerWith, readSidecars, restingJaeger, sidecarGrowth, type SidecarCounts } from "./counters";
import { sendLoad, type Load, type LoadResult } from "./load";
import { networkOf, type Pair } from "./pairs";
import { cpuSeconds } from "./processes";

/** What a load cost, and what became of its spans. */
export interface Cost {
    load: LoadResult;
    /** CPU seconds. */
    caller: number;
    callee: number;
    jaeger: number;
    sidecars: SidecarCounts;
    /** Spans by Jaeger's own counts. */
    accepted: number;
    refused: number;
    stored: number;
    storeFailed: number;
}

/**
 * Sends a load through a pair and takes stock once no more spans arrive.
 *
 * @param drainSeconds waits so long for the very last of the two spans that each request leaves.
 */
export async function measureLoad(
    lab: Cluster,
    pair: Pair,
    jaegerPid: number,
    load: Omit<Load, "address" | "port" | "authority">,
    signal: AbortSignal,
    drainSeconds?: number,
): Promise<Cost> {
    const pids = [pair.caller.envoyPid, pair.callee.envoyPid, jaegerPid];
    const [counted, received] = [await readSidecars(lab, pair), await restingJaeger(lab, signal)];
    const before = pids.map(cpuSeconds);
    const target = { address: pair.address, port: 80, authority: pair.authority };
    const done = await sendLoad(networkOf(pair), { ...target, ...load }, signal);
    const all = (received.stored ?? 0) + 2 * done.answered;
    const arrived = await (drainSeconds === undefined
        ? restingJaeger(lab, signal)
        : jaegerWith(lab, all, drainSeconds, signal));
    const [caller = 0, callee = 0, jaeger = 0] = pids.map((pid, index) => cpuSeconds(pid) - (before[index] ?? 0));
    return {
        ...{ load: done, caller, callee, jaeger },
        sidecars: sidecarGrowth(counted, await readSidecars(lab, pair)),
        accepted: arrived.accepted - received.accepted,
        refused: arrived.refused - received.refused,
        stored: (arrived.stored ?? 0) - (received.stored ?? 0),
        storeFailed: arrived.storeFailed - received.storeFailed,
    };
}
