import type { BadConfiguration } from "./refusal";
import { config, ELASTIC, password, storage } from "./jaeger";

const CLICKHOUSE = { type: "clickhouse", servers: ["clickhouse"] };
const JAEGER_2_18 = { "images.jaeger": "docker.io/jaegertracing/jaeger:2.18.0" };
const CASSANDRA = { type: "cassandra", servers: ["cassandra"], datacenter: "dc1" };
const roles = (value: object, more: Record<string, string> = storage(ELASTIC)): Record<string, string> => ({
    "jaeger.roles": JSON.stringify(value),
    ...more,
});
const SEARCH_CONFIG = "jaeger.config.extensions.jaeger_storage.backends.main.elasticsearch";
const kept = (elasticsearch: object): Record<string, string> => ({
    ...storage({ ...ELASTIC, retentionHours: 168 }),
    ...config({ extensions: { jaeger_storage: { backends: { main: { elasticsearch } } } } }),
});

/** Jaeger in roles, and storages by how they take that. */
export const BAD_ROLES: BadConfiguration[] = [
    [
        "roles that share no memory",
        roles({ collector: { min: 3 } }, {}),
        "jaeger.roles",
        /memory, which only one pod can use/,
    ],
    [
        "roles that share no volume",
        roles({ query: {} }, storage({ type: "badger", size: "1Gi" })),
        "jaeger.roles",
        /badger, which only one pod can use/,
    ],
    [
        "roles that share no memory of a configuration",
        roles(
            { query: {} },
            config({ extensions: { jaeger_storage: { backends: { main: { memory: { max_traces: 5 } } } } } }),
        ),
        "jaeger.roles",
        /memory, which only one pod can use/,
    ],
    [
        "roles of no Jaeger",
        roles({ query: {} }, { "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" }),
        "jaeger.roles",
        /because jaeger\.deploy is false/,
    ],
    [
        "a role that Jaeger does not have",
        roles({ agent: {} }),
        "jaeger.roles.agent",
        /collector, query and, with Kafka, ingester/,
    ],
    ["a role without pods", roles({ query: { min: 0 } }), "jaeger.roles.query.min", /1 to 50/],
    ["a role of half a pod", roles({ query: { max: 2.5 } }), "jaeger.roles.query.max", /a whole number/],
    ["a role that shrinks", roles({ collector: { min: 4, max: 3 } }), "jaeger.roles.collector.max", /at least min/],
    [
        "a role with fewer pods at most than by default",
        roles({ collector: { max: 1 } }),
        "jaeger.roles.collector.max",
        /at least min/,
    ],
    ["a role scaled by no CPU", roles({ query: { cpuPercent: 5 } }), "jaeger.roles.query.cpuPercent", /10 to 500/],
    [
        "an index kept for half a day",
        storage({ ...ELASTIC, retentionHours: 36 }),
        "jaeger.storage.retentionHours",
        /whole days in hours/,
    ],
    [
        "an index kept for less than a day",
        storage({ ...ELASTIC, retentionHours: 12 }),
        "jaeger.storage.retentionHours",
        /whole days in hours/,
    ],
    [
        "a lifecycle policy beside a retention",
        kept({ use_ilm: true }),
        `${SEARCH_CONFIG}.use_ilm`,
        /not rolled-over ones/,
    ],
    [
        "a lifecycle policy and a job at once",
        storage({ ...ELASTIC, retentionHours: 168, lifecyclePolicy: "jaeger" }),
        "jaeger.storage.lifecyclePolicy",
        /keep one of the two/,
    ],
    [
        "a lifecycle policy of a volume",
        storage({ type: "badger", size: "1Gi", lifecyclePolicy: "jaeger" }),
        "jaeger.storage.lifecyclePolicy",
        /no lifecyclePolicy with type badger/,
    ],
    [
        "a lifecycle policy without its aliases",
        {
            ...storage({ ...ELASTIC, lifecyclePolicy: "jaeger" }),
            ...config({
                extensions: { jaeger_storage: { backends: { main: { elasticsearch: { use_ilm: false } } } } },
            }),
        },
        `${SEARCH_CONFIG}.use_ilm`,
        /true, which the program decides/,
    ],
    [
        "a search further back than spans are kept",
        kept({ max_span_age: "720h" }),
        `${SEARCH_CONFIG}.max_span_age`,
        /168h", which the program decides/,
    ],
    [
        "a search that misses what is kept",
        kept({ max_span_age: "72h" }),
        `${SEARCH_CONFIG}.max_span_age`,
        /168h", which the program decides/,
    ],
    [
        "rolled-over indices beside a retention",
        kept({ use_aliases: true }),
        `${SEARCH_CONFIG}.use_aliases`,
        /not rolled-over ones/,
    ],
    [
        "indices of a month with a retention",
        kept({ indices: { spans: { date_layout: "2006-01" } } }),
        `${SEARCH_CONFIG}.indices.spans.date_layout`,
        /2006-01-02/,
    ],
    [
        "a prefix that a retention does not know",
        kept({ indices: { index_prefix: "prod" } }),
        `${SEARCH_CONFIG}.indices.index_prefix`,
        /without the prefix/,
    ],
    [
        "a ClickHouse that Jaeger 2.13 cannot search",
        config({ extensions: { jaeger_storage: { backends: { main: { clickhouse: {} } } } } }),
        "jaeger.config.extensions.jaeger_storage.backends.main.clickhouse",
        /Jaeger 2\.14 or newer/,
    ],
    [
        "a ClickHouse with a Jaeger that cannot search it, or deletes no span there",
        storage(CLICKHOUSE),
        "jaeger.storage.type",
        /Jaeger 2\.18 or newer/,
    ],
    [
        "a ClickHouse with TLS and a Jaeger that has none for it",
        { ...storage({ ...CLICKHOUSE, tls: { ca: "public" } }), ...JAEGER_2_18 },
        "jaeger.storage.tls",
        /Jaeger 2\.19 or newer/,
    ],
    [
        "a login at a ClickHouse without TLS",
        { ...storage({ ...CLICKHOUSE, username: "jaeger" }), jaegerStoragePassword: "made-up", ...JAEGER_2_18 },
        "jaeger.storage.tls",
        /plain text/,
    ],
    ["a ClickHouse without a server", storage({ type: "clickhouse" }), "jaeger.storage.servers", /one or more nodes/],
    [
        "a Cassandra without a datacenter",
        storage({ type: "cassandra", servers: ["cassandra"] }),
        "jaeger.storage.datacenter",
        /such as dc1/,
    ],
    [
        "a Cassandra by a URL",
        storage({ ...CASSANDRA, servers: ["https://cassandra:9042"] }),
        "jaeger.storage.servers.0",
        /HOST or HOST:PORT/,
    ],
    [
        "a Cassandra that copies nothing",
        storage({ ...CASSANDRA, replicationFactor: 0 }),
        "jaeger.storage.replicationFactor",
        /1 to 9/,
    ],
    [
        "a keyspace with a dash",
        storage({ ...CASSANDRA, keyspace: "jaeger-v1" }),
        "jaeger.storage.keyspace",
        /a-z, 0-9 and _/,
    ],
    [
        "a password for Cassandra in plain text",
        storage({ ...CASSANDRA, username: "jaeger" }, password),
        "jaeger.storage.tls",
        /otherwise be sent in plain text/,
    ],
    [
        "a password for Cassandra that Jaeger would take for a variable",
        storage({ ...CASSANDRA, username: "jaeger", tls: { ca: "public" } }, { jaegerStoragePassword: "pa$$s" }),
        "jaegerStoragePassword",
        /letters, digits and/,
    ],
    [
        "a remote storage without a port",
        storage({ type: "remote", endpoint: "storage.example.com" }),
        "jaeger.storage.endpoint",
        /HOST:PORT/,
    ],
    [
        "a login for a remote storage",
        storage({ type: "remote", endpoint: "storage:17271", username: "jaeger" }),
        "jaeger.storage.username",
        /no username with type remote/,
    ],
];
