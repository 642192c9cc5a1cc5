import type { KafkaAnswer } from "../../../checks/jaeger/kafkaServer";
import type { Kafka } from "../../../components/kafka";
import { ByteReader, bytes } from "./bytes";
import type { Login } from "./cassandra";
import { LoginRefused, talk, type Connection, type ServerAddress } from "./connection";
import { scramClient } from "./scram";

/** Requests and their versions, which Kafka 2.1 to 4 take: https://kafka.apache.org/protocol */
const METADATA = { key: 3, version: 4 };
const HANDSHAKE = { key: 17, version: 1 };
const AUTHENTICATE = { key: 36, version: 0 };

/** Asks a broker for a topic. */
export function askKafka(
    server: ServerAddress,
    topic: string,
    mechanism: Kafka["mechanism"],
    login: Login | undefined,
): Promise<KafkaAnswer> {
    return talk<KafkaAnswer>(server, async (connection) => {
        if (login !== undefined) await authenticate(connection, mechanism, login);
        // False: Kafka must not make the topic because it was asked for.
        const content = [bytes.int32(1), bytes.text(topic), bytes.int8(0)];
        return { topic: readTopic(await call(connection, METADATA, Buffer.concat(content)), topic) };
    });
}

function readTopic(body: ByteReader, topic: string): Extract<KafkaAnswer, { topic: unknown }>["topic"] {
    body.int32();
    body.list(() => [body.int32(), body.text(), body.int32(), body.text()]);
    body.text();
    body.int32();
    const topics = body.list(() => ({
        isKnown: body.int16() === 0,
        name: body.text(),
        isInternal: body.int8(),
        partitions: body.list(() => {
            for (const read of ["int16", "int32", "int32"] as const) body[read]();
            return { copies: body.list(() => body.int32()).length, inStep: body.list(() => body.int32()).length };
        }),
    }));
    const found = topics.find(({ name, isKnown }) => isKnown && name === topic);
    return found && { partitions: found.partitions };
}

async function authenticate(connection: Connection, mechanism: Kafka["mechanism"], login: Login): Promise<void> {
    const offered = await call(connection, HANDSHAKE, bytes.text(mechanism));
    if (offered.int16() !== 0) {
        throw new LoginRefused(
            `it accepts ${offered.list(() => offered.text()).join(", ") || "no login"}, not ${mechanism}`,
        );
    }
    const send = async (message: string): Promise<string> => {
        const answer = await call(connection, AUTHENTICATE, bytes.longText(message));
        const error = answer.int16();
        const reason = answer.text();
        if (error !== 0) throw new LoginRefused(reason === "" ? `error ${String(error)}` : reason);
        return answer.block().toString();
    };
    if (mechanism === "PLAIN") {
        await send(`\0${login.username}\0${login.password}`);
        return;
    }
    const client = scramClient(mechanism === "SCRAM-SHA-512" ? "sha512" : "sha256", login);
    await send(client.final(await send(client.first)));
}

async function call(
    { read, write }: Connection,
    { key, version }: { key: number; version: number },
    content: Buffer,
): Promise<ByteReader> {
    const header = [bytes.int16(key), bytes.int16(version), bytes.int32(1), bytes.text("istio-tracing-preflight")];
    write(bytes.block(Buffer.concat([...header, content])));
    const length = (await read(4)).readInt32BE(0);
    const body = new ByteReader(await read(length));
    body.int32();
    return body;
}
