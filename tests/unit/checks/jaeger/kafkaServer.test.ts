import assert from "node:assert/strict";
import { checkKafka, type KafkaAnswer, type WantedTopic } from "../../../../checks/jaeger/kafkaServer";

const WANTED: WantedTopic = { broker: "kafka:9093", topic: "spans", partitions: 2, username: "jaeger" };
const topic = (count: number, copies = 3, inStep = copies): KafkaAnswer => ({
    topic: { partitions: Array.from({ length: count }, () => ({ copies, inStep })) },
});
const found = (answer: KafkaAnswer): string[] =>
    checkKafka(WANTED, answer).map(({ id, severity, got }) => `${severity} ${id}: ${got}`);

describe("a topic of Kafka for Jaeger's spans", () => {
    it("is fine with as many partitions as the settings say, or more, and with copies", () => {
        for (const count of [2, 12]) assert.deepEqual(found(topic(count)), []);
    });

    it("is refused if it is not there or has too few partitions, with the command for that", () => {
        assert.deepEqual(found({ topic: undefined }), ["error kafka-topic: no such topic for this user"]);
        const [missing] = checkKafka(WANTED, { topic: undefined });
        assert.match(missing?.cure ?? "", /--create --topic spans --partitions 2 --replication-factor 3/);
        assert.deepEqual(found(topic(1)), ["error kafka-partitions: 1"]);
    });

    it("warns of one copy, and of copies that are behind", () => {
        assert.deepEqual(found(topic(2, 1)), ["warning kafka-copies: 2 of 2 partitions of spans with one copy"]);
        assert.deepEqual(found(topic(2, 3, 2)), [
            "warning kafka-in-step: 2 of 2 partitions with a copy that is behind",
        ]);
    });

    it("tells a wrong login from a wrong certificate, and either from a broker that is away", () => {
        assert.deepEqual(found({ refused: "no" }), ["error kafka-login: no"]);
        assert.deepEqual(found({ untrusted: "self-signed" }), ["error kafka-certificate: self-signed"]);
        assert.deepEqual(found({ unreachable: "refused" }), ["warning kafka-reachable: refused, from this machine"]);
    });
});
