import { parseQuantity } from "../../shared/kubernetes/quantities";
import { tracesThatFit } from "../../checks/jaeger/traceMemory";
import { customBackend, type JaegerStorage } from "../storage";
import type { ParsedSettings } from "./parse";

/** Hours that Badger keeps a span when nothing is said: Jaeger's own default. */
const RETENTION_HOURS = 72;

/** Where Jaeger keeps its traces, complete; `memoryLimit` is that of its container, as a Kubernetes quantity. */
export function resolveJaegerStorage(
    values: Pick<ParsedSettings, "jaeger.storage" | "jaeger.maxTraces" | "jaeger.config">,
    memoryLimit: string | undefined,
): JaegerStorage {
    const { type, size = "", storageClass, retentionHours, ...search } = values["jaeger.storage"];
    if (type === undefined && customBackend(values["jaeger.config"]) !== undefined) return { type: "custom" };
    if (type === "badger") {
        const hours = retentionHours ?? RETENTION_HOURS;
        return { type, size, retentionHours: hours, ...(storageClass !== undefined && { storageClass }) };
    }
    if (type === "elasticsearch" || type === "opensearch") {
        const { serverUrls = [], indexPrefix, username, tls } = search;
        return {
            type,
            serverUrls,
            ...(indexPrefix !== undefined && { indexPrefix }),
            ...(username !== undefined && { username }),
            ...(tls?.ca !== undefined && { tls: { ...tls, ca: tls.ca } }),
            ...(retentionHours !== undefined && { retentionHours }),
        };
    }
    const maxTraces = values["jaeger.maxTraces"];
    return maxTraces === undefined ? memoryStorage(memoryLimit) : { type: "memory", maxTraces };
}

/** As many traces in memory as fit into the memory limit of Jaeger's container, a Kubernetes quantity. */
export function memoryStorage(memoryLimit: string | undefined): JaegerStorage {
    return { type: "memory", maxTraces: tracesThatFit(parseQuantity(memoryLimit ?? "")) };
}
