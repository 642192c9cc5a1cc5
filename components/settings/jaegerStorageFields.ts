import { z } from "zod";
import { TLS_SCHEMA } from "./collectorFields";
import { dnsName, numeric } from "./field";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import { isServer, isServerWithPort, isUserName, text, USER_NAME } from "./serverAddress";

/** The types of storage, in words. */
export const STORAGE_TYPE = "memory, badger, elasticsearch, opensearch, cassandra, clickhouse or remote";
const SIZE = "the size of the volume: a Kubernetes quantity of 1Gi or more, as text";
const STORAGE_CLASS = "the name of a StorageClass of the cluster";
const RETENTION = "a whole number from 1 to 8760 (hours after which a span is dropped)";
const DAYS = "whole days in hours, 24 to 8760, because Jaeger keeps one index per day there";
const URLS = "a list of one or more URLs of the nodes";
const URL_FORM = "https://HOST:PORT or http://HOST:PORT, without user, password, query and fragment";
const PREFIX = "1 to 60 of a-z, 0-9, - and _, starting with a letter or digit";
const POLICY = "the name of a lifecycle policy of the server, such as jaeger";
const ONE_RETENTION = "nothing here with retentionHours, whose job deletes old indices: keep one of the two";
const SERVER = "HOST or HOST:PORT, a DNS name or an IPv4 address";
const SERVERS = `a list of one or more nodes, each ${SERVER}`;
const DATACENTER = "the name of a datacenter of the cluster, such as dc1";
const DATABASE = "1 to 64 of a-z, A-Z, 0-9 and _, starting with a letter or _";
const KEYSPACE = "1 to 48 of a-z, 0-9 and _, starting with a letter";
const REPLICATION = "a whole number from 1 to 9 (copies of each span)";
const ENDPOINT = "HOST:PORT of a server with Jaeger's storage API over gRPC";

/** Which fields of jaeger.storage go with which types. */
const SEARCH = ["elasticsearch", "opensearch"];
const DATABASES = ["cassandra", "clickhouse"];
const TYPES_OF: Record<string, readonly string[]> = {
    size: ["badger"],
    storageClass: ["badger"],
    retentionHours: ["badger", ...SEARCH, ...DATABASES],
    serverUrls: SEARCH,
    indexPrefix: SEARCH,
    lifecyclePolicy: SEARCH,
    servers: DATABASES,
    database: ["clickhouse"],
    datacenter: ["cassandra"],
    keyspace: ["cassandra"],
    replicationFactor: ["cassandra"],
    endpoint: ["remote"],
    username: [...SEARCH, ...DATABASES],
    tls: [...SEARCH, ...DATABASES, "remote"],
};

/** What a type cannot do without. */
const REQUIRED: Record<string, Record<string, string>> = {
    badger: { size: SIZE },
    elasticsearch: { serverUrls: URLS },
    opensearch: { serverUrls: URLS },
    cassandra: { servers: SERVERS, datacenter: DATACENTER },
    clickhouse: { servers: SERVERS },
    remote: { endpoint: ENDPOINT },
};

/** The setting jaeger.storage. */
export const STORAGE_SCHEMA = z
    .strictObject({
        type: z
            .enum(["memory", "badger", "elasticsearch", "opensearch", "cassandra", "clickhouse", "remote"], {
                error: STORAGE_TYPE,
            })
            .optional(),
        size: text(SIZE, (size) => (parseQuantity(size) ?? 0) >= 2 ** 30).optional(),
        storageClass: text(STORAGE_CLASS, (name) => name.length <= 253 && dnsName.test(name)).optional(),
        retentionHours: z
            .union([z.number(), z.string().regex(/^\d{1,4}$/, { error: RETENTION })], { error: RETENTION })
            .transform(Number)
            .refine((hours) => Number.isInteger(hours) && hours >= 1 && hours <= 8760, { error: RETENTION })
            .optional(),
        serverUrls: z.array(text(URL_FORM, isServerUrl), { error: URLS }).min(1, { error: URLS }).optional(),
        indexPrefix: text(PREFIX, (prefix) => /^[a-z0-9][a-z0-9_-]{0,59}$/.test(prefix)).optional(),
        lifecyclePolicy: text(POLICY, (name) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)).optional(),
        servers: z.array(text(SERVER, isServer), { error: SERVERS }).min(1, { error: SERVERS }).optional(),
        datacenter: text(DATACENTER, (name) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)).optional(),
        keyspace: text(KEYSPACE, (name) => /^[a-z][a-z0-9_]{0,47}$/.test(name)).optional(),
        database: text(DATABASE, (name) => /^[A-Za-z_]\w{0,63}$/.test(name)).optional(),
        replicationFactor: numeric(/^[1-9]$/, 1, 9, REPLICATION).optional(),
        endpoint: text(ENDPOINT, isServerWithPort).optional(),
        username: text(USER_NAME, isUserName).optional(),
        tls: TLS_SCHEMA.optional(),
    })
    .superRefine((given, context) => {
        const type = given.type ?? "memory";
        for (const [field, types] of Object.entries(TYPES_OF)) {
            if (given[field as keyof typeof given] === undefined || types.includes(type)) continue;
            const message = `no ${field} with type ${type}: it belongs to ${types.join(" and ")}`;
            context.addIssue({ code: "custom", path: [field], message });
        }
        for (const [field, message] of Object.entries(REQUIRED[type] ?? {})) {
            if (given[field as keyof typeof given] !== undefined) continue;
            context.addIssue({ code: "custom", path: [field], message });
        }
        if (given.lifecyclePolicy !== undefined && given.retentionHours !== undefined) {
            context.addIssue({ code: "custom", path: ["lifecyclePolicy"], message: ONE_RETENTION });
        }
        if (SEARCH.includes(type) && (given.retentionHours ?? 0) % 24 !== 0) {
            context.addIssue({ code: "custom", path: ["retentionHours"], message: DAYS });
        }
    });

/** No `$` either: Jaeger would take what follows for the name of a variable. */
function isServerUrl(value: string): boolean {
    if (!/^https?:\/\/[^\s/$@?#]+(\/[^\s$@?#]*)?$/.test(value) || !URL.canParse(value)) return false;
    return new URL(value).hostname !== "";
}
