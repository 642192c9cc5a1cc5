import type { Finding } from "../finding";
import { checkAnswered, serverFinding, type NamedServer, type NoAnswer } from "./server";

/** A topic of Kafka, as the settings have it. */
export interface WantedTopic {
    broker: string;
    topic: string;
    partitions: number;
    username?: string | undefined;
}

/** What a broker told of the topic, or why it did not. */
export type KafkaAnswer =
    | NoAnswer
    | {
          /** Undefined if there is no such topic, or if the user may not see it. */
          topic: { partitions: { copies: number; inStep: number }[] } | undefined;
      };

/** Reports a Kafka that Jaeger could not use, and a topic that is too small or has one copy only. */
export function checkKafka(wanted: WantedTopic, answer: KafkaAnswer): Finding[] {
    const server: NamedServer = {
        ...{ resource: wanted.broker, prefix: "kafka", username: wanted.username },
        settings: {
            ...{ address: "jaeger.kafka.brokers", tls: "jaeger.kafka.tls" },
            ...{ username: "jaeger.kafka.username", password: "jaegerKafkaPassword" },
        },
    };
    if (!("topic" in answer)) return checkAnswered(server, answer);
    const { topic, partitions } = wanted;
    const admin = `kafka-topics.sh --bootstrap-server ${wanted.broker}`;
    if (answer.topic === undefined) {
        return [
            serverFinding(server, "topic", {
                expected: `the topic ${topic}, and the right to see it`,
                got: "no such topic for this user",
                cure:
                    `Create it: ${admin} --create --topic ${topic} --partitions ${String(partitions)} ` +
                    "--replication-factor 3 --config min.insync.replicas=2",
            }),
        ];
    }
    const found = answer.topic.partitions;
    const behind = found.filter(({ copies, inStep }) => inStep < copies);
    const single = found.filter(({ copies }) => copies < 2);
    return [
        ...(found.length >= partitions
            ? []
            : [
                  serverFinding(server, "partitions", {
                      expected: `${String(partitions)} partitions of ${topic}, as jaeger.kafka.partitions says`,
                      got: String(found.length),
                      cure: `Run ${admin} --alter --topic ${topic} --partitions ${String(partitions)}, or lower jaeger.kafka.partitions.`,
                  }),
              ]),
        ...(single.length === 0
            ? []
            : [
                  warning(server, "copies", {
                      expected: "two copies or more of each partition, so that an acknowledged span outlives a broker",
                      got: `${String(single.length)} of ${String(found.length)} partitions of ${topic} with one copy`,
                      cure:
                          "Create the topic with --replication-factor 3, or reassign it: " +
                          "kafka-reassign-partitions.sh.",
                  }),
              ]),
        ...(behind.length === 0
            ? []
            : [
                  warning(server, "in-step", {
                      expected: `copies of ${topic} that are all in sync`,
                      got: `${String(behind.length)} of ${String(found.length)} partitions with a copy that is behind`,
                      cure: `Look for a broker that is down or slow: ${admin} --describe --topic ${topic} --under-replicated-partitions`,
                  }),
              ]),
    ];
}

function warning(server: NamedServer, id: string, words: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { ...serverFinding(server, id, words), severity: "warning" };
}
