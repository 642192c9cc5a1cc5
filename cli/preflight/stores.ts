import { checkCassandra, type CassandraAnswer } from "../../checks/jaeger/cassandraServer";
import { checkKafka, type KafkaAnswer } from "../../checks/jaeger/kafkaServer";
import { checkAnswered } from "../../checks/jaeger/server";
import type { Finding } from "../../checks/finding";
import type { Settings } from "../../components/settings";
import { clickHousePort, type JaegerStorage } from "../../components/storage";
import type { ClusterClient } from "../../shared/cluster/client";
import type { Outcome } from "./outcome";
import { authorityOf } from "./servers/authority";
import { askCassandra, type Login } from "./servers/cassandra";
import { talk, type ServerAddress } from "./servers/connection";
import { askKafka } from "./servers/kafka";
import { PASSWORD_VARIABLE, storageServerOutcomes } from "./storageServer";

/** The variable with the password for Kafka, which the stack's file holds encrypted. */
export const KAFKA_PASSWORD_VARIABLE = "JAEGER_KAFKA_PASSWORD";

/** The passwords of the environment, by their variables. */
export type Passwords = Partial<Record<typeof PASSWORD_VARIABLE | typeof KAFKA_PASSWORD_VARIABLE, string>>;

/** Asks the servers that keep Jaeger's traces, and Kafka before them, from this machine. */
export async function storeOutcomes(
    settings: Settings,
    client: ClusterClient,
    passwords: Passwords,
): Promise<Outcome[]> {
    if (!settings.jaeger.deploy) return [];
    const outcomes = await Promise.all([
        storageServerOutcomes(settings, client, passwords[PASSWORD_VARIABLE]),
        cassandraOutcomes(settings, client, passwords[PASSWORD_VARIABLE]),
        connectionOutcomes(settings, client),
        kafkaOutcomes(settings, client, passwords[KAFKA_PASSWORD_VARIABLE]),
    ]);
    return outcomes.flat();
}

async function cassandraOutcomes(
    { jaeger: { storage }, istio }: Settings,
    client: ClusterClient,
    password: string | undefined,
): Promise<Outcome[]> {
    if (storage.type !== "cassandra") return [];
    const { tls, keyspace, username } = storage;
    const ca = await authorityOf(tls, client, istio.namespace);
    const login = loginOf(username, password);
    return Promise.all(
        storage.servers.map(async (server) => {
            const answer = await askCassandra({ address: server, tls, ca }, keyspace, login);
            const passed = "version" in answer ? `${server} is cassandra ${answer.version}` : "";
            const findings = checkCassandra({ ...storage, server }, answer);
            return outcome(
                "storage's server",
                findings,
                passed,
                lacksLogin(username, password, answer) && PASSWORD_VARIABLE,
            );
        }),
    );
}

/** Servers of which only the way and the certificate are checked, since nothing here speaks their protocol. */
async function connectionOutcomes({ jaeger: { storage }, istio }: Settings, client: ClusterClient): Promise<Outcome[]> {
    const { setting, servers, tls, defaultPort } = connections(storage);
    const ca = await authorityOf(tls, client, istio.namespace);
    const settings = {
        ...{ address: setting, tls: "jaeger.storage.tls" },
        ...{ username: "jaeger.storage.username", password: "jaegerStoragePassword" },
    };
    return Promise.all(
        servers.map(async (address) => {
            const answer = await talk({ address, tls, ca, defaultPort }, () => Promise.resolve({ connected: true }));
            const findings =
                "connected" in answer ? [] : checkAnswered({ resource: address, prefix: "storage", settings }, answer);
            return outcome("storage's server", findings, `${address} accepts connections`, false);
        }),
    );
}

function connections(
    storage: JaegerStorage,
): Pick<ServerAddress, "tls"> & { setting: string; servers: string[]; defaultPort: number } {
    if (storage.type === "remote") {
        return { setting: "jaeger.storage.endpoint", servers: [storage.endpoint], tls: storage.tls, defaultPort: 0 };
    }
    const { servers, tls } = storage.type === "clickhouse" ? storage : { servers: [], tls: undefined };
    return { setting: "jaeger.storage.servers", servers, tls, defaultPort: clickHousePort(tls !== undefined) };
}

async function kafkaOutcomes(
    { jaeger: { kafka }, istio }: Settings,
    client: ClusterClient,
    password: string | undefined,
): Promise<Outcome[]> {
    if (kafka === undefined) return [];
    const { tls, topic, username, mechanism } = kafka;
    const ca = await authorityOf(tls, client, istio.namespace);
    const login = loginOf(username, password);
    return Promise.all(
        kafka.brokers.map(async (broker) => {
            const answer = await askKafka({ address: broker, tls, ca }, topic, mechanism, login);
            const count = "topic" in answer ? (answer.topic?.partitions.length ?? 0) : 0;
            const findings = checkKafka({ ...kafka, broker }, answer);
            const passed = `${broker} has ${topic} with ${String(count)} partitions`;
            return outcome(
                "Kafka",
                findings,
                passed,
                lacksLogin(username, password, answer) && KAFKA_PASSWORD_VARIABLE,
            );
        }),
    );
}

function loginOf(username: string | undefined, password: string | undefined): Login | undefined {
    return username === undefined || password === undefined ? undefined : { username, password };
}

/** True if the server would say more to somebody who knows the password; what it says of its certificate counts. */
function lacksLogin(
    username: string | undefined,
    password: string | undefined,
    answer: CassandraAnswer | KafkaAnswer,
): boolean {
    return username !== undefined && password === undefined && !("untrusted" in answer);
}

function outcome(check: string, findings: Finding[], passed: string, variable: string | false): Outcome {
    if (variable !== false) {
        return { check, findings: [], skipped: `the server reveals nothing without the password: set ${variable}` };
    }
    return findings.length > 0 ? { check, findings } : { check, findings, passed };
}
