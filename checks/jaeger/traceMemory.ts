import type { Finding } from "../finding";

/**
 * What Jaeger's memory store takes for a trace of five spans with Envoy's twenty attributes each. Measured on Jaeger
 * 2.13: 10 000 of them are 190 MiB of live heap.
 */
const BYTES_PER_TRACE = 20 * 1024;

/** What Jaeger takes without any trace. */
const BYTES_AT_REST = 48 * 1024 * 1024;

/** The part of the memory limit that traces may fill: garbage, batches under way and queries need the rest. */
const SHARE_OF_LIMIT = 0.6;

/** Traces when there is no limit. */
const UNLIMITED = 20_000;

/** As many traces as Jaeger's memory store holds within a memory limit; what jaeger.maxTraces is when it is not set. */
export function tracesThatFit(memoryLimitBytes: number | undefined): number {
    if (memoryLimitBytes === undefined) return UNLIMITED;
    const fit = Math.floor((memoryLimitBytes * SHARE_OF_LIMIT - BYTES_AT_REST) / BYTES_PER_TRACE);
    return Math.min(Math.max(fit, 100), 10_000_000);
}

/** More traces than fit into Jaeger's memory: its pod would be killed, and with it every trace. */
export function checkTraceMemory(maxTraces: number, memoryLimitBytes: number | undefined): Finding[] {
    if (memoryLimitBytes === undefined) return [];
    const needed = (maxTraces * BYTES_PER_TRACE + BYTES_AT_REST) / SHARE_OF_LIMIT;
    // Rounded down, as many as fit need a little less than the limit.
    if (needed <= memoryLimitBytes) return [];
    return [
        {
            id: "jaeger-traces-fit-memory",
            severity: "warning",
            resource: "jaeger.maxTraces",
            expected: `at most about ${String(tracesThatFit(memoryLimitBytes))} traces for the memory limit of Jaeger's container`,
            got: String(maxTraces),
            cure: "Lower jaeger.maxTraces or raise resources.jaeger.limits.memory: a pod that is killed loses every trace.",
        },
    ];
}
