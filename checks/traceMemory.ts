import type { Finding } from "./finding";

/** What Jaeger's memory store takes for a trace of five spans with Envoy's attributes, roughly. */
const BYTES_PER_TRACE = 10 * 1024;

/** More traces than fit into Jaeger's memory: its pod would be killed, and with it every trace. */
export function checkTraceMemory(maxTraces: number, memoryLimitBytes: number | undefined): Finding[] {
    if (memoryLimitBytes === undefined || maxTraces * BYTES_PER_TRACE <= memoryLimitBytes) return [];
    const fit = Math.floor(memoryLimitBytes / BYTES_PER_TRACE);
    return [
        {
            id: "jaeger-traces-fit-memory",
            severity: "warning",
            resource: "jaegerMaxTraces",
            expected: `at most about ${String(fit)} traces for the memory limit of Jaeger's container`,
            got: String(maxTraces),
            cure: "Lower jaegerMaxTraces or raise resources.jaeger.limits.memory: a pod that is killed loses every trace.",
        },
    ];
}
