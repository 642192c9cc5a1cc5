import type * as pulumi from "@pulumi/pulumi";
import type { CollectorTls } from "./collector";
import type { PlainObject } from "../shared/values/plainObjects";

/** Traces in the memory of Jaeger's pod; gone with it. */
export interface MemoryStorage {
    type: "memory";
    /** Traces held before the oldest is dropped. Whole number, 100 to 10 000 000. */
    maxTraces: number;
}

/** Traces in a Badger database on a volume; they outlive the pod. */
export interface BadgerStorage {
    type: "badger";
    /** Size of the volume as a Kubernetes quantity, `1Gi` or more. */
    size: string;
    /** @default the cluster's default StorageClass */
    storageClass?: string;
    /** Hours after which a span is dropped, 1 to 8760. */
    retentionHours: number;
}

/** Traces in an Elasticsearch or OpenSearch of somebody else's, which also decides how long they are kept. */
export interface SearchStorage {
    type: "elasticsearch" | "opensearch";
    /** URLs of its nodes, `http(s)://HOST:PORT`. */
    serverUrls: string[];
    /** Start of the name of every index. @default none */
    indexPrefix?: string;
    /** User of basic authentication; the password is an input of its own. @default none */
    username?: string;
    /** How its certificate is known. @default by the public authorities that Jaeger's image knows */
    tls?: CollectorTls;
}

/** A storage that the configuration of Jaeger itself sets up. */
export interface CustomStorage {
    type: "custom";
}

/** Where Jaeger keeps its traces. */
export type JaegerStorage = MemoryStorage | BadgerStorage | SearchStorage | CustomStorage;

/** True for traces that are kept outside of Jaeger's pod and its volume. */
export function isSearchStorage(storage: JaegerStorage): storage is SearchStorage {
    return storage.type === "elasticsearch" || storage.type === "opensearch";
}

/** Names of the objects that Jaeger's pod mounts for its storage; undefined for what it does not need. */
export interface StorageObjects {
    /** PersistentVolumeClaim of a Badger database. */
    claim?: pulumi.Input<string>;
    /** Secret with the key `password`. */
    secret?: pulumi.Input<string>;
    /** ConfigMap with the key `ca.crt`. */
    authority?: pulumi.Input<string>;
}

/** Path of the backend that holds the traces, in Jaeger's configuration. */
export const BACKEND_PATH = ["extensions", "jaeger_storage", "backends", "main"] as const;

/** The backend that further configuration of Jaeger sets up by itself; undefined when it does not. */
export function customBackend(config: PlainObject): unknown {
    return BACKEND_PATH.reduce<unknown>((at, key) => (at as PlainObject | undefined)?.[key], config);
}
