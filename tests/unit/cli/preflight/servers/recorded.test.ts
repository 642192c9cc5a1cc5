import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { askCassandra } from "../../../../../cli/preflight/servers/cassandra";
import { askKafka } from "../../../../../cli/preflight/servers/kafka";
import { scramClient } from "../../../../../cli/preflight/servers/scram";
import { itemsAt, parseJson } from "../../../../../shared/values/plainObjects";

const ANSWERS: unknown = parseJson(readFileSync(join(__dirname, "answers.json"), "utf8"));
const LOGIN = { username: "cassandra", password: "cassandra" };

describe("preflight, by what real servers answered,", () => {
    let server: Server | undefined;
    afterEach(() => {
        server?.close();
    });
    /** The address of a server that gives one recorded answer after another. */
    const recorded = async (name: string, parts = itemsAt(ANSWERS, name).length): Promise<string> => {
        server = createServer((socket) => {
            const answers = itemsAt(ANSWERS, name).slice(0, parts).map(String);
            socket.on("data", () => {
                const next = answers.shift();
                if (next === undefined) socket.destroy();
                else socket.write(Buffer.from(next, "hex"));
            });
            socket.on("error", () => undefined);
        });
        await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
        return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    };

    it("counts the partitions of a topic of Kafka, and their copies", async () => {
        const address = await recorded("topic");
        const partition = { copies: 1, inStep: 1 };
        assert.deepEqual(await askKafka({ address }, "spans", "PLAIN", undefined), {
            topic: { partitions: [partition, partition, partition, partition] },
        });
        assert.deepEqual(await askKafka({ address: await recorded("noTopic") }, "other", "PLAIN", undefined), {
            topic: undefined,
        });
    });

    it("reads the version, the datacenters and the keyspace of a Cassandra", async () => {
        const about = { version: "5.0.4", datacenters: ["datacenter1"] };
        const replication = { class: "org.apache.cassandra.locator.SimpleStrategy", replication_factor: "1" };
        assert.deepEqual(await askCassandra({ address: await recorded("auth") }, "system_auth", LOGIN), {
            ...{ ...about, keyspace: { replication, ttlSeconds: undefined } },
        });
        assert.deepEqual(await askCassandra({ address: await recorded("none") }, "jaeger_v1", LOGIN), {
            ...{ ...about, keyspace: undefined },
        });
    });

    it("knows a login that Cassandra refuses, or asks for", async () => {
        assert.deepEqual(await askCassandra({ address: await recorded("refused") }, "jaeger_v1", LOGIN), {
            refused: "Provided username cassandra and/or password are incorrect",
        });
        assert.deepEqual(await askCassandra({ address: await recorded("refused") }, "jaeger_v1", undefined), {
            refused: "it asks for a login",
        });
    });

    it("gets no answer from a server that closes the connection, or is away", async () => {
        const closed = { unreachable: "it closed the connection" };
        assert.deepEqual(await askCassandra({ address: await recorded("auth", 2) }, "system_auth", LOGIN), closed);
        assert.deepEqual(await askKafka({ address: await recorded("topic", 0) }, "spans", "PLAIN", undefined), closed);
        const away = await askKafka({ address: "127.0.0.1:1" }, "spans", "PLAIN", undefined);
        assert.deepEqual(away, { unreachable: "connect ECONNREFUSED 127.0.0.1:1" });
    });

    it("proves that it knows a password as RFC 7677 has it", () => {
        const client = scramClient("sha256", { username: "user", password: "pencil" }, "rOprNGfwEbeRWgbNEkqO");
        assert.equal(client.first, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        assert.equal(
            client.final(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`),
            `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
        );
        assert.throws(() => client.final("r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"), /not SCRAM/);
    });
});
