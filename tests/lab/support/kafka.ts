import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { ensureKafka } from "../../../lab/images/kafka";
import { inLab, killServer, listens, outputInLab, writeCertificate, type ServerTls } from "./labServer";

const PORT = 19093;
/** Without TLS and login, for the tests themselves. */
const INNER = "127.0.0.1:19094";
const CONTROLLER = "127.0.0.1:19095";
const NAME = "kafka.example.com";

/** A real Kafka of one broker beside the node, with TLS and a login of its own. */
export interface KafkaServer {
    broker: string;
    login: { username: string; password: string };
    tls: ServerTls;
    makeTopic: (name: string, partitions: number) => Promise<void>;
    /** Kills it, and returns what starts it again with the same data. */
    kill: () => Promise<() => Promise<void>>;
    stop: () => Promise<void>;
}

/** Starts Kafka in the lab's network; the first time, it is fetched. */
export async function startKafka(lab: Cluster): Promise<KafkaServer> {
    const commands = await ensureKafka(() => undefined);
    const folder = mkdtempSync(join(tmpdir(), "kafka-"));
    const address = lab.identity.nodeAddress;
    const tls = writeCertificate(folder, NAME);
    const login = { username: "jaeger", password: "made-up.1" };
    const properties = join(folder, "server.properties");
    writeFileSync(properties, renderProperties(folder, address));
    const scram = `SCRAM-SHA-512=[name=${login.username},password=${login.password}]`;
    const cluster = ["-t", "AAAAAAAAAAAAAAAAAAAAAA"];
    await outputInLab(lab, [...commands.format, "format", ...cluster, "-c", properties, "--add-scram", scram]);
    const start = async (): Promise<ChildProcess> => {
        const process = inLab(lab, [...commands.server, properties], "ignore");
        await listens(lab, address, PORT, 300);
        return process;
    };
    let server = await start();
    return {
        ...{ broker: `${address}:${String(PORT)}`, login, tls },
        makeTopic: async (name, partitions) => {
            const topic = ["--create", "--topic", name, "--partitions", String(partitions)];
            await outputInLab(lab, [...commands.topics, "--bootstrap-server", INNER, ...topic]);
        },
        kill: async () => {
            await killServer(server);
            return async () => {
                server = await start();
            };
        },
        stop: async () => {
            await killServer(server);
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

function renderProperties(folder: string, address: string): string {
    const values = {
        ...{ "process.roles": "broker,controller", "node.id": 1, "controller.quorum.voters": `1@${CONTROLLER}` },
        "controller.listener.names": "CONTROLLER",
        listeners: `CLIENT://${address}:${String(PORT)},INNER://${INNER},CONTROLLER://${CONTROLLER}`,
        "advertised.listeners": `CLIENT://${address}:${String(PORT)},INNER://${INNER}`,
        "listener.security.protocol.map": "CLIENT:SASL_SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        ...{ "inter.broker.listener.name": "INNER", "sasl.enabled.mechanisms": "SCRAM-SHA-512" },
        "listener.name.client.scram-sha-512.sasl.jaas.config":
            "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        ...{ "ssl.keystore.type": "PEM", "ssl.keystore.location": join(folder, "store.pem") },
        ...{ "log.dirs": join(folder, "data"), "auto.create.topics.enable": false },
        ...{ "offsets.topic.replication.factor": 1, "offsets.topic.num.partitions": 1 },
        ...{ "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1 },
    };
    return Object.entries(values)
        .map(([name, value]) => `${name}=${String(value)}\n`)
        .join("");
}
