import { isSearchStorage, type JaegerStorage, type SearchStorage } from "../storage";
import type { PlainObject } from "../../shared/values/plainObjects";

/** Where Jaeger's pod finds its storage. */
export const STORAGE_PATHS = {
    /** The volume of a Badger database. */
    data: "/var/lib/jaeger",
    /** The Secret with the key `password`. */
    secret: "/etc/jaeger-storage",
    /** The ConfigMap with the key `ca.crt`. */
    authority: "/etc/jaeger-storage-ca",
} as const;

/**
 * The storage in Jaeger's configuration, as far as the settings decide it.
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

/** What further configuration of Jaeger may change. */
export function renderBackendPresets(storage: JaegerStorage): PlainObject {
    // Every write reaches the disk before it is acknowledged: a node that dies loses none either.
    return storage.type === "badger" ? { badger: { consistency: true } } : {};
}

/**
 * How spans are gathered between intake and storage. A batch is acknowledged before it is stored, so that a database
 * that promises to keep what it has acknowledged goes without: a Jaeger that was killed lost 284 of 1440 spans with it.
 */
export function renderProcessorNames(storage: JaegerStorage): string[] {
    return storage.type === "badger" ? [] : ["batch"];
}

function renderSearch({ serverUrls, indexPrefix, username, tls }: SearchStorage): PlainObject {
    return {
        server_urls: serverUrls,
        ...(indexPrefix !== undefined && { indices: { index_prefix: indexPrefix } }),
        ...(username !== undefined && {
            // From a file: as a value, Jaeger would take a `$` in it for a variable.
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

/** Text that stays as it is where Jaeger puts variables in. */
function literal(text: string): string {
    return text.replaceAll("$", "$$$$");
}
