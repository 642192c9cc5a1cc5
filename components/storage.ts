import type * as pulumi from "@pulumi/pulumi";
import type { CollectorTls } from "./collector";
import type { PlainObject } from "../shared/values/plainObjects";

/** Traces in the memory of Jaeger's pod, which are lost with the pod. */
export interface MemoryStorage {
    type: "memory";
    /** Number of traces to keep before the oldest is dropped. Whole number, 100 to 10 000 000. */
    maxTraces: number;
}

/** Traces in a Badger database on a volume, which outlive the pod. */
export interface BadgerStorage {
    type: "badger";
    /** Size of the volume as a Kubernetes quantity, `1Gi` or more. */
    size: string;
    /** @default the cluster's default StorageClass */
    storageClass?: string;
    /** Hours after which a span is dropped, 1 to 8760. */
    retentionHours: number;
}

/** Traces in an existing Elasticsearch or OpenSearch. */
export interface SearchStorage {
    type: "elasticsearch" | "opensearch";
    /** URLs of its nodes, `http(s)://HOST:PORT`. */
    serverUrls: string[];
    /** Prefix of the name of every index. @default none */
    indexPrefix?: string;
    /** User of basic authentication. The password is a separate input. @default none */
    username?: string;
    /** How to verify its certificate. @default by the public authorities in Jaeger's image */
    tls?: CollectorTls;
    /**
     * Hours for which a span is kept at least: whole days, 24 to 8760. A job then deletes older indices every day.
     * @default what `lifecyclePolicy` says, if it is set
     */
    retentionHours?: number;
    /**
     * Name of a lifecycle policy of the server (ILM in Elasticsearch, ISM in OpenSearch) that deletes old indices. With
     * `retentionHours`, it is refused.
     * @default none
     */
    lifecyclePolicy?: string;
}

/** Traces in an existing Cassandra. */
export interface CassandraStorage {
    type: "cassandra";
    /** Its nodes to begin with, `HOST` or `HOST:PORT`. */
    servers: string[];
    /** The datacenter that Jaeger writes to and reads from. */
    datacenter: string;
    /** Keyspace, which Jaeger creates if there is none. */
    keyspace: string;
    /** Copies of each span in each datacenter, 1 to 9. It counts only when Jaeger creates the keyspace. */
    replicationFactor: number;
    /** Hours after which a span is dropped, 1 to 8760. It counts only when Jaeger creates the keyspace. */
    retentionHours: number;
    /** User of password authentication. The password is a separate input. @default none */
    username?: string;
    /** How to verify its certificate. @default without TLS */
    tls?: CollectorTls;
}

/** Traces in an existing ClickHouse, which Jaeger 2.18 and newer can write, search and keep for a limited time. */
export interface ClickHouseStorage {
    type: "clickhouse";
    /** Its nodes, `HOST` or `HOST:PORT` of its native protocol. Jaeger writes to one of them at a time. */
    servers: string[];
    /** Database, which has to exist. */
    database: string;
    /** Hours after which a span is dropped, 1 to 8760. It counts only when Jaeger creates the tables. */
    retentionHours: number;
    /** User of password authentication. The password is a separate input. @default ClickHouse's own, `default` */
    username?: string;
    /** How to verify its certificate; Jaeger 2.19 or newer. @default without TLS */
    tls?: CollectorTls;
}

/** Traces in a server that speaks Jaeger's storage API over gRPC. */
export interface RemoteStorage {
    type: "remote";
    /** Its address, `HOST:PORT`. */
    endpoint: string;
    /** How to verify its certificate. @default without TLS */
    tls?: CollectorTls;
}

/** A storage that Jaeger's configuration defines. */
export interface CustomStorage {
    type: "custom";
}

/** Storage of Jaeger's traces. */
export type JaegerStorage =
    | MemoryStorage
    | BadgerStorage
    | SearchStorage
    | CassandraStorage
    | ClickHouseStorage
    | RemoteStorage
    | CustomStorage;

/** A storage on servers of somebody's own. */
export type ServerStorage = SearchStorage | CassandraStorage | ClickHouseStorage | RemoteStorage;

/** True for a server whose certificate Jaeger may have to verify. */
export function isServerStorage(storage: JaegerStorage): storage is ServerStorage {
    return hasLogin(storage) || storage.type === "remote";
}

/** True for a server that may want a user and a password. */
export function hasLogin(storage: JaegerStorage): storage is SearchStorage | CassandraStorage | ClickHouseStorage {
    return isSearchStorage(storage) || isDatabase(storage);
}

/** True for a database whose tables Jaeger creates, and whose password Jaeger reads as a part of its configuration. */
export function isDatabase(storage: JaegerStorage): storage is CassandraStorage | ClickHouseStorage {
    return storage.type === "cassandra" || storage.type === "clickhouse";
}

/** True for an Elasticsearch or OpenSearch. */
export function isSearchStorage(storage: JaegerStorage): storage is SearchStorage {
    return storage.type === "elasticsearch" || storage.type === "opensearch";
}

/** The usual port of ClickHouse's native protocol. */
export function clickHousePort(withTls: boolean): number {
    return withTls ? 9440 : 9000;
}

/** Names of the objects that Jaeger's pod mounts for its storage; undefined if not needed. */
export interface StorageObjects {
    /** PersistentVolumeClaim of a Badger database. */
    claim?: pulumi.Input<string>;
    /** Secret with the key `password`. */
    secret?: pulumi.Input<string>;
    /** ConfigMap with the key `ca.crt`. */
    authority?: pulumi.Input<string>;
}

/** Path in Jaeger's configuration of the backend that stores the traces. */
export const BACKEND_PATH = ["extensions", "jaeger_storage", "backends", "main"] as const;

/** The backend that Jaeger's further configuration defines; undefined if it defines none. */
export function customBackend(config: PlainObject): unknown {
    return BACKEND_PATH.reduce<unknown>((at, key) => (at as PlainObject | undefined)?.[key], config);
}
