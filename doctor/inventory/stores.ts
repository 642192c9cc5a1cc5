import { at, itemsAt, mapAt, textAt } from "../../shared/values/plainObjects";
import type { Evidence } from "../evidence";
import type { StoreKind } from "../evidence/storeErrors";
import { collectorFilesOf, kindOf } from "./collectorPipelines";

/** A server behind Jaeger, as Jaeger's own configuration names it. */
export interface ConfiguredStore {
    /** Its kind for people, such as `OpenSearch`. */
    kind: string;
    /** URLs, or `HOST:PORT`; empty if the configuration is not known. */
    servers: string[];
    username: string | undefined;
    /** What stands before the names of Jaeger's indices; empty for none. */
    indexPrefix: string;
}

/** Jaeger reads `$$` as `$`. */
const userAt = (value: unknown, ...path: string[]): string | undefined => textAt(value, ...path)?.replaceAll("$$", "$");

const SEARCH = { elasticsearch: "Elasticsearch", opensearch: "OpenSearch" };

/** Where Jaeger keeps traces, or the Kafka in which they wait before that. */
export function configuredStore(
    evidence: Pick<Evidence, "collector" | "collectorFiles" | "ingesters">,
    store: StoreKind,
): ConfiguredStore {
    const files = [...collectorFilesOf(evidence), ...(evidence.ingesters?.files ?? [])];
    const found = files.map(({ config }) => (store === "kafka" ? kafkaIn(config) : storageIn(config)));
    return found.find((one) => one !== undefined) ?? unknownStore(store);
}

/** A server of which Jaeger's configuration is not known. */
export function unknownStore(store: StoreKind): ConfiguredStore {
    const kind = store === "kafka" ? "Kafka" : "Jaeger's storage";
    return { kind, servers: [], username: undefined, indexPrefix: "" };
}

function kafkaIn(config: object): ConfiguredStore | undefined {
    const all = [...Object.entries(mapAt(config, "exporters")), ...Object.entries(mapAt(config, "receivers"))];
    const kafka = all.find(([name]) => kindOf(name) === "kafka")?.[1];
    if (kafka === undefined) return undefined;
    const username = userAt(kafka, "auth", "sasl", "username");
    return { kind: "Kafka", servers: itemsAt(kafka, "brokers").map(String), username, indexPrefix: "" };
}

function storageIn(config: object): ConfiguredStore | undefined {
    const backends = Object.values(mapAt(config, "extensions", "jaeger_storage", "backends"));
    for (const backend of backends) {
        for (const [key, kind] of Object.entries(SEARCH)) {
            const search = at(backend, key);
            if (search === undefined) continue;
            const prefix = textAt(search, "indices", "index_prefix") ?? "";
            return {
                ...{ kind, servers: itemsAt(search, "server_urls").map(String) },
                ...{ username: userAt(search, "auth", "basic", "username") },
                indexPrefix: prefix === "" ? "" : `${prefix}-`,
            };
        }
        const cassandra = at(backend, "cassandra", "connection");
        if (cassandra !== undefined)
            return {
                ...{ kind: "Cassandra", servers: itemsAt(cassandra, "servers").map(String) },
                ...{ username: userAt(cassandra, "auth", "basic", "username"), indexPrefix: "" },
            };
    }
    return undefined;
}
