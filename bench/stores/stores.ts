import type { JaegerStorage } from "../../components/storage";
import {
    CASSANDRA_PORT,
    DATACENTER,
    OPENSEARCH_PORT,
    startCassandra,
    startOpenSearch,
    type StartServer,
} from "./servers";

/** How Jaeger keeps spans somewhere. */
export interface Store {
    name: string;
    /** Given the address of its server, which has none for memory and badger. */
    storage: (server: string) => JaegerStorage;
    startServer?: StartServer;
    /** Spans wait in Kafka, and Jaeger runs in roles. */
    hasKafka?: boolean;
    /** The server shows later what Jaeger calls written, so it is asked itself. */
    showsLater?: boolean;
    /** False for a store whose searches are those of another. @default true */
    isSearched?: boolean;
}

const RETENTION_HOURS = 168;
/** More than what is sent. */
const MOST_TRACES = 100_000;

const CASSANDRA = {
    storage: (server: string): JaegerStorage => ({
        ...{ type: "cassandra", servers: [`${server}:${String(CASSANDRA_PORT)}`], datacenter: DATACENTER },
        ...{ keyspace: "jaeger_v1", replicationFactor: 1, retentionHours: RETENTION_HOURS },
    }),
    startServer: startCassandra,
};

/** The stores that are compared. */
export const STORES: readonly Store[] = [
    { name: "memory", storage: () => ({ type: "memory", maxTraces: MOST_TRACES }) },
    { name: "badger", storage: () => ({ type: "badger", size: "20Gi", retentionHours: RETENTION_HOURS }) },
    {
        name: "OpenSearch 2.19",
        storage: (server) => ({
            ...{ type: "opensearch", serverUrls: [`http://${server}:${String(OPENSEARCH_PORT)}`] },
            retentionHours: RETENTION_HOURS,
        }),
        startServer: startOpenSearch,
        showsLater: true,
    },
    { name: "Cassandra 5.0", ...CASSANDRA },
    { name: "Kafka 4.4 before Cassandra 5.0", ...CASSANDRA, hasKafka: true, isSearched: false },
];
