import type { BadConfiguration } from "./refusal";

/** A storage that is complete. */
export const ELASTIC = { type: "elasticsearch", serverUrls: ["https://es.example.com:9200"] };
/** Settings with a storage. */
export const storage = (value: object, more: Record<string, string> = {}): Record<string, string> => ({
    "jaeger.storage": JSON.stringify(value),
    ...more,
});
/** Settings with further configuration of Jaeger. */
export const config = (value: object): Record<string, string> => ({ "jaeger.config": JSON.stringify(value) });
/** A password for a storage. */
export const password = { jaegerStoragePassword: "geheim" };

/** Where traces are kept: types, sizes, addresses, and what one storage needs and another does not take. */
export const BAD_STORAGE: BadConfiguration[] = [
    [
        "a storage that Jaeger does not have here",
        storage({ type: "influx" }),
        "jaeger.storage.type",
        /memory, badger, elasticsearch/,
    ],
    ["a storage that is a word", { "jaeger.storage": '"badger"' }, "jaeger.storage", /an object with type/],
    ["a volume without a size", storage({ type: "badger" }), "jaeger.storage.size", /1Gi or more/],
    [
        "a volume too small for a table",
        storage({ type: "badger", size: "512Mi" }),
        "jaeger.storage.size",
        /1Gi or more/,
    ],
    ["a volume whose size is a number", storage({ type: "badger", size: 10 }), "jaeger.storage.size", /as text/],
    ["a volume for memory", storage({ size: "10Gi" }), "jaeger.storage.size", /no size with type memory/],
    [
        "a class that is no name",
        storage({ type: "badger", size: "1Gi", storageClass: "Fast SSD" }),
        "jaeger.storage.storageClass",
        /a StorageClass/,
    ],
    [
        "spans kept for ever",
        storage({ type: "badger", size: "1Gi", retentionHours: 0 }),
        "jaeger.storage.retentionHours",
        /1 to 8760 \(hours/,
    ],
    [
        "spans kept for days",
        storage({ type: "badger", size: "1Gi", retentionHours: "7d" }),
        "jaeger.storage.retentionHours",
        /1 to 8760 \(hours/,
    ],
    [
        "a search engine without address",
        storage({ type: "opensearch" }),
        "jaeger.storage.serverUrls",
        /one or more URLs/,
    ],
    [
        "a search engine with no address",
        storage({ ...ELASTIC, serverUrls: [] }),
        "jaeger.storage.serverUrls",
        /one or more URLs/,
    ],
    [
        "a password in an address",
        storage({ ...ELASTIC, serverUrls: ["https://u:p@es:9200"] }),
        "jaeger.storage.serverUrls.0",
        /without user, password/,
    ],
    [
        "a variable in an address",
        storage({ ...ELASTIC, serverUrls: ["https://$HOST:9200"] }),
        "jaeger.storage.serverUrls.0",
        /https:\/\/HOST:PORT/,
    ],
    [
        "a search engine by gRPC",
        storage({ ...ELASTIC, serverUrls: ["grpc://es:9200"] }),
        "jaeger.storage.serverUrls.0",
        /https:\/\/HOST:PORT/,
    ],
    [
        "a prefix with a star",
        storage({ ...ELASTIC, indexPrefix: "jaeger-*" }),
        "jaeger.storage.indexPrefix",
        /a-z, 0-9/,
    ],
    [
        "a volume for a search engine",
        storage({ ...ELASTIC, size: "10Gi" }),
        "jaeger.storage.size",
        /no size with type elasticsearch/,
    ],
    [
        "a user without a password",
        storage({ ...ELASTIC, username: "jaeger" }),
        "jaegerStoragePassword",
        /the user that jaeger\.storage\.username/,
    ],
    [
        "a password without a user",
        storage(ELASTIC, password),
        "jaeger.storage.username",
        /to whom jaegerStoragePassword/,
    ],
    ["a password for memory", password, "jaegerStoragePassword", /requires no password/],
    ["a password with a line break", { jaegerStoragePassword: "a\nb" }, "jaegerStoragePassword", /printable ASCII/],
    [
        "a password by plain HTTP",
        storage({ ...ELASTIC, serverUrls: ["http://es:9200"], username: "u" }, password),
        "jaeger.storage.serverUrls",
        /https:\/\/ everywhere/,
    ],
    [
        "traces counted on a volume",
        storage({ type: "badger", size: "1Gi" }, { "jaeger.maxTraces": "20000" }),
        "jaeger.maxTraces",
        /only with type memory/,
    ],
    ["fewer traces than a minute has", { "jaeger.maxTraces": "99" }, "jaeger.maxTraces", /100 to 10000000/],
    ["half a trace", { "jaeger.maxTraces": "1000.5" }, "jaeger.maxTraces", /a whole number/],
    [
        "a storage for no Jaeger",
        storage({ type: "badger", size: "1Gi" }, { "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" }),
        "jaeger.storage",
        /because jaeger\.deploy is false/,
    ],
    [
        "a path at which no sidecar sends",
        config({ receivers: { otlp: { protocols: { http: { traces_url_path: "/a" } } } } }),
        "jaeger.config.receivers.otlp.protocols.http.traces_url_path",
        /no such value/,
    ],
    [
        "a part that Jaeger does not have",
        config({ pipelines: {} }),
        "jaeger.config.pipelines",
        /service, extensions, receivers/,
    ],
    [
        "a part of Jaeger as a list",
        config({ service: [] }),
        "jaeger.config.service",
        /of Jaeger's own configuration file/,
    ],
];
