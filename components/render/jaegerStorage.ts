import type { CollectorTls } from "../collector";
import {
    clickHousePort,
    isSearchStorage,
    type CassandraStorage,
    type ClickHouseStorage,
    type JaegerStorage,
    type SearchStorage,
} from "../storage";
import type { PlainObject } from "../../shared/values/plainObjects";
import { literalText } from "./literalText";

/** Name of Jaeger's exporter that stores spans. */
export const STORAGE_EXPORTER = "jaeger_storage_exporter";

/** Paths of the storage in Jaeger's pod. */
export const STORAGE_PATHS = {
    /** The volume of a Badger database. */
    data: "/var/lib/jaeger",
    /** The Secret with the key `password`. */
    secret: "/etc/jaeger-storage",
    /** The ConfigMap with the key `ca.crt`. */
    authority: "/etc/jaeger-storage-ca",
} as const;

/**
 * The part of the storage in Jaeger's configuration that the settings decide.
 *
 * Source: https://github.com/jaegertracing/jaeger/blob/v2.13.0/cmd/jaeger/internal/extension/jaegerstorage/config.go
 */
export function renderBackend(storage: JaegerStorage): PlainObject {
    if (storage.type === "custom") return {};
    if (storage.type === "memory") return { memory: { max_traces: storage.maxTraces } };
    if (isSearchStorage(storage)) return { [storage.type]: renderSearch(storage) };
    if (storage.type === "cassandra") return { cassandra: renderCassandra(storage) };
    if (storage.type === "clickhouse") return { clickhouse: renderClickHouse(storage) };
    if (storage.type === "remote") return { grpc: { endpoint: storage.endpoint, tls: renderTls(storage) } };
    return {
        badger: {
            ephemeral: false,
            directories: { keys: `${STORAGE_PATHS.data}/keys`, values: `${STORAGE_PATHS.data}/values` },
            ttl: { spans: `${String(storage.retentionHours)}h` },
        },
    };
}

/** Values that further configuration of Jaeger can change. */
export function renderBackendPresets(storage: JaegerStorage): PlainObject {
    // Every write reaches the disk before it is acknowledged, so even a node failure loses none.
    if (storage.type === "badger") return { badger: { consistency: true } };
    // A span is acknowledged when most copies are written, so it outlives a node.
    if (storage.type === "cassandra") return { cassandra: { query: { consistency: "LOCAL_QUORUM" } } };
    return {};
}

/**
 * How spans are batched between reception and storage. A batch is acknowledged before it is stored, so durable
 * databases do not use it: with batches, a killed Jaeger lost 284 of 1440 spans. ClickHouse does, because it makes a
 * part of its tables of every insert, and refuses inserts when there are too many of them.
 */
export function renderProcessorNames(storage: JaegerStorage): string[] {
    return ["badger", "cassandra", "remote"].includes(storage.type) ? [] : ["batch"];
}

function renderSearch(storage: SearchStorage): PlainObject {
    const { type, serverUrls, indexPrefix, username, tls, retentionHours, lifecyclePolicy } = storage;
    return {
        server_urls: serverUrls,
        ...(indexPrefix !== undefined && { indices: { index_prefix: indexPrefix } }),
        // Elasticsearch's policies roll indices over behind aliases; OpenSearch's pick indices by their names.
        ...(lifecyclePolicy !== undefined &&
            type === "elasticsearch" && { use_aliases: true, use_ilm: true, create_mappings: false }),
        // Older spans are not even looked for.
        ...(retentionHours !== undefined && { max_span_age: `${String(retentionHours)}h` }),
        ...(username !== undefined && {
            // From a file, because in a value, Jaeger would treat `$` as a variable.
            auth: { basic: { username: literalText(username), password_file: `${STORAGE_PATHS.secret}/password` } },
        }),
        ...(tls !== undefined && { tls: renderTls({ tls }) }),
    };
}

/** The time to live and the replication are in the tables that Jaeger creates; later, it does not change them. */
function renderCassandra(storage: CassandraStorage): PlainObject {
    const { servers, datacenter, keyspace, replicationFactor, retentionHours, username } = storage;
    const ttl = `${String(retentionHours)}h`;
    return {
        schema: {
            ...{ keyspace, datacenter, create: true, replication_factor: replicationFactor },
            ...{
                trace_ttl: ttl,
                dependencies_ttl: ttl,
                compaction_window: `${String(windowMinutes(retentionHours))}m`,
            },
        },
        connection: {
            ...{ servers, local_dc: datacenter, tls: renderTls(storage) },
            ...renderDatabaseLogin(username),
        },
    };
}

/**
 * The time to live is in the tables that Jaeger creates; later, it does not change them.
 *
 * Source: https://github.com/jaegertracing/jaeger/blob/v2.20.0/internal/storage/v2/clickhouse/config.go
 */
function renderClickHouse({ servers, database, retentionHours, username, tls }: ClickHouseStorage): PlainObject {
    const port = String(clickHousePort(tls !== undefined));
    return {
        addresses: servers.map((server) => (server.includes(":") ? server : `${server}:${port}`)),
        ...{ database, create_schema: true, ttl: `${String(retentionHours)}h` },
        ...renderDatabaseLogin(username),
        ...(tls !== undefined && { tls: renderTls({ tls }) }),
    };
}

/** Jaeger has no field for a file with the password of a database, so its configuration reads the file. */
function renderDatabaseLogin(username: string | undefined): PlainObject {
    if (username === undefined) return {};
    const password = `\${file:${STORAGE_PATHS.secret}/password}`;
    return { auth: { basic: { username: literalText(username), password } } };
}

/** Cassandra wants fewer than 50 windows for the time to live: https://www.jaegertracing.io/docs/2.13/storage/cassandra/ */
function windowMinutes(retentionHours: number): number {
    return Math.max(60, Math.ceil((retentionHours * 60) / 40));
}

/** How a server's certificate is verified, by the authority in a folder of the pod. */
export function renderTls({ tls }: { tls?: CollectorTls }, folder: string = STORAGE_PATHS.authority): PlainObject {
    if (tls === undefined) return { insecure: true };
    return {
        ...(tls.ca !== "public" && { ca_file: `${folder}/ca.crt` }),
        ...(tls.serverName !== undefined && { server_name_override: tls.serverName }),
    };
}
