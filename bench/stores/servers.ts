import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { cacheDirectory } from "../../lab/images";
import { ensureCassandra } from "../../lab/images/cassandra";
import type { JavaRun } from "../../lab/images/java";
import { ensureKafka } from "../../lab/images/kafka";
import { ensureOpenSearch } from "../../lab/images/openSearch";
import { fetchJson } from "../../shared/jaeger/client";
import { measure } from "../command";
import { Program } from "./program";
import { listens, type Place } from "./place";

/** As much as three servers and Jaeger can have on a machine of 8 GiB. */
const HEAP_MIB = 1024;
const LOADED: JavaRun = { heapMiB: HEAP_MIB, startsFast: false };

export const OPENSEARCH_PORT = 9200;
export const CASSANDRA_PORT = 9042;
export const KAFKA_PORT = 9092;

/** The topic of Jaeger's spans. An ingester writes the spans of a partition one after another. */
export const TOPIC = { name: "jaeger-spans", partitions: 48 };
/** The datacenter of every node of Cassandra's `SimpleSnitch`. */
export const DATACENTER = "datacenter1";

/** A server with an empty state. */
export interface Server {
    program: Program;
    /** How the paths of the files begin that have what Jaeger has written, below the folder of the place. */
    data: string;
    /** Writes to disk what is only in memory, if the server does not do so when it ends. */
    flush?: () => Promise<void>;
}

/** Starts a server at an address and with a folder of its own. */
export type StartServer = (place: Place) => Promise<Server>;

export const startOpenSearch: StartServer = async ({ host, folder, signal, say }) => {
    const command = await ensureOpenSearch(say, cacheDirectory(), LOADED);
    const home = join(folder, "opensearch");
    mkdirSync(home);
    const program = new Program("OpenSearch", [...command, home, host, String(OPENSEARCH_PORT)], `${home}.log`);
    const url = `http://${host}:${String(OPENSEARCH_PORT)}`;
    await program.answers(async () => {
        await fetchJson(`${url}/_cluster/health`);
        return true;
    }, signal);
    const flush = async (): Promise<void> => {
        await fetch(`${url}/_flush`, { method: "POST", signal });
    };
    return { program, data: "opensearch/data/nodes/0/indices/", flush };
};

export const startCassandra: StartServer = async ({ host, folder, signal, say }) => {
    const home = join(folder, "cassandra");
    mkdirSync(home);
    const files = { configuration: `${home}.yaml`, data: home, log: `${home}-log.xml` };
    writeFileSync(files.configuration, stringify(cassandraConfiguration(host)));
    writeFileSync(files.log, LOG);
    const command = await ensureCassandra(files, say, cacheDirectory(), LOADED);
    const program = new Program("Cassandra", command, `${home}.log`);
    await program.answers(() => listens(host, CASSANDRA_PORT), signal);
    return { program, data: "cassandra/data/jaeger_v1/" };
};

const LOG = `<configuration>
    <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
        <encoder><pattern>%level %msg%n</pattern></encoder>
    </appender>
    <root level="WARN"><appender-ref ref="OUT" /></root>
</configuration>
`;

/** One node, otherwise with Cassandra's own defaults, such as a commit log that is synced every 10 seconds. */
function cassandraConfiguration(host: string): object {
    const seeds = [{ seeds: `${host}:7000` }];
    return {
        ...{ cluster_name: "bench", num_tokens: 1, partitioner: "org.apache.cassandra.dht.Murmur3Partitioner" },
        ...{ commitlog_sync: "periodic", commitlog_sync_period: "10s", endpoint_snitch: "SimpleSnitch" },
        seed_provider: [{ class_name: "org.apache.cassandra.locator.SimpleSeedProvider", parameters: seeds }],
        ...{ listen_address: host, storage_port: 7000, rpc_address: host, native_transport_port: CASSANDRA_PORT },
    };
}

export const startKafka: StartServer = async ({ host, folder, signal, say }) => {
    const commands = await ensureKafka(say, cacheDirectory(), LOADED);
    const home = join(folder, "kafka");
    const properties = `${home}.properties`;
    writeFileSync(properties, kafkaProperties(host, home));
    const run = ([program = "", ...args]: readonly string[]): Promise<unknown> => measure({ program, args, signal });
    await run([...commands.format, "format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c", properties]);
    const program = new Program("Kafka", [...commands.server, properties], `${home}.log`);
    await program.answers(() => listens(host, KAFKA_PORT), signal);
    const topic = ["--create", "--topic", TOPIC.name, "--partitions", String(TOPIC.partitions)];
    await run([...commands.topics, "--bootstrap-server", `${host}:${String(KAFKA_PORT)}`, ...topic]);
    return { program, data: `kafka/${TOPIC.name}-` };
};

function kafkaProperties(host: string, folder: string): string {
    const controller = `${host}:${String(KAFKA_PORT + 1)}`;
    const values = {
        ...{ "process.roles": "broker,controller", "node.id": 1, "controller.quorum.voters": `1@${controller}` },
        "controller.listener.names": "CONTROLLER",
        listeners: `PLAINTEXT://${host}:${String(KAFKA_PORT)},CONTROLLER://${controller}`,
        "advertised.listeners": `PLAINTEXT://${host}:${String(KAFKA_PORT)}`,
        ...{ "log.dirs": folder, "auto.create.topics.enable": false },
        ...{ "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1 },
        ...{ "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1 },
    };
    return Object.entries(values)
        .map(([name, value]) => `${name}=${String(value)}\n`)
        .join("");
}
