import { parseQuantity } from "../../shared/kubernetes/quantities";
import { tracesThatFit } from "../../checks/jaeger/traceMemory";
import { customBackend, type JaegerStorage } from "../storage";
import type { ParsedSettings } from "./parse";

/** Hours that Badger keeps a span when nothing is said: Jaeger's own default. */
const RETENTION_HOURS = 72;

/** A week, for databases whose tables have it. */
const DATABASE_RETENTION_HOURS = 168;
/** Copies in Cassandra, as it needs to do without one node. */
const REPLICATION = 3;
const KEYSPACE = "jaeger_v1";
/** Jaeger's own default in ClickHouse. */
const DATABASE = "jaeger";

/** Where Jaeger keeps its traces, complete; `memoryLimit` is that of its container, as a Kubernetes quantity. */
export function resolveJaegerStorage(
    values: Pick<ParsedSettings, "jaeger.storage" | "jaeger.maxTraces" | "jaeger.config">,
    memoryLimit: string | undefined,
): JaegerStorage {
    const { type, size = "", storageClass, retentionHours, tls: given, ...server } = values["jaeger.storage"];
    const tls = given?.ca === undefined ? {} : { tls: { ...given, ca: given.ca } };
    if (type === undefined && customBackend(values["jaeger.config"]) !== undefined) return { type: "custom" };
    if (type === "badger") {
        const hours = retentionHours ?? RETENTION_HOURS;
        return { type, size, retentionHours: hours, ...(storageClass !== undefined && { storageClass }) };
    }
    if (type === "elasticsearch" || type === "opensearch") {
        const { serverUrls = [], indexPrefix, username, lifecyclePolicy } = server;
        return {
            type,
            serverUrls,
            ...(indexPrefix !== undefined && { indexPrefix }),
            ...(username !== undefined && { username }),
            ...tls,
            ...(retentionHours !== undefined && { retentionHours }),
            ...(lifecyclePolicy !== undefined && { lifecyclePolicy }),
        };
    }
    if (type === "cassandra") {
        const {
            servers = [],
            datacenter = "",
            keyspace = KEYSPACE,
            replicationFactor = REPLICATION,
            username,
        } = server;
        const hours = retentionHours ?? DATABASE_RETENTION_HOURS;
        return {
            ...{ type, servers, datacenter, keyspace, replicationFactor, retentionHours: hours, ...tls },
            ...(username !== undefined && { username }),
        };
    }
    if (type === "clickhouse") {
        const { servers = [], database = DATABASE, username } = server;
        return {
            ...{ type, servers, database, retentionHours: retentionHours ?? DATABASE_RETENTION_HOURS, ...tls },
            ...(username !== undefined && { username }),
        };
    }
    if (type === "remote") return { type, endpoint: server.endpoint ?? "", ...tls };
    const maxTraces = values["jaeger.maxTraces"];
    return maxTraces === undefined ? memoryStorage(memoryLimit) : { type: "memory", maxTraces };
}

/** As many traces in memory as fit into the memory limit of Jaeger's container, a Kubernetes quantity. */
export function memoryStorage(memoryLimit: string | undefined): JaegerStorage {
    return { type: "memory", maxTraces: tracesThatFit(parseQuantity(memoryLimit ?? "")) };
}
