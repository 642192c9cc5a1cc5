import { isSearchStorage, type JaegerStorage, type SearchStorage } from "../storage";
import type { PlainObject } from "../../shared/values/plainObjects";

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
    return storage.type === "badger" ? { badger: { consistency: true } } : {};
}

/**
 * How spans are batched between reception and storage. A batch is acknowledged before it is stored, so durable
 * databases do not use it: with batches, a killed Jaeger lost 284 of 1440 spans.
 */
export function renderProcessorNames(storage: JaegerStorage): string[] {
    return storage.type === "badger" ? [] : ["batch"];
}

function renderSearch({ serverUrls, indexPrefix, username, tls, retentionHours }: SearchStorage): PlainObject {
    return {
        server_urls: serverUrls,
        ...(indexPrefix !== undefined && { indices: { index_prefix: indexPrefix } }),
        // Older spans are not even looked for.
        ...(retentionHours !== undefined && { max_span_age: `${String(retentionHours)}h` }),
        ...(username !== undefined && {
            // From a file, because in a value, Jaeger would treat `$` as a variable.
            auth: { basic: { username: literal(username), password_file: `${STORAGE_PATHS.secret}/password` } },
        }),
        ...(tls !== undefined && {
            tls: {
                ...(tls.ca !== "public" && { ca_file: `${STORAGE_PATHS.authority}/ca.crt` }),
                ...(tls.serverName !== undefined && { server_name_override: tls.serverName }),
            },
        }),
    };
}

/** Escapes text so that Jaeger does not replace variables in it. */
function literal(text: string): string {
    return text.replaceAll("$", "$$$$");
}
