import type { BadConfiguration } from "./refusal";
import { config, ELASTIC, storage } from "./jaeger";

const KAFKA = { brokers: ["kafka:9092"], topic: "spans", partitions: 4 };
const LOGIN = { ...KAFKA, username: "jaeger", tls: { ca: "public" } };
const kafka = (value: object, more: Record<string, string> = storage(ELASTIC)): Record<string, string> => ({
    "jaeger.kafka": JSON.stringify(value),
    ...more,
});
const ingesters = (scale: object): Record<string, string> => ({
    ...storage(ELASTIC),
    "jaeger.roles": JSON.stringify({ ingester: scale }),
});
const PASSWORD = { jaegerKafkaPassword: "made-up" };

/** Kafka before a storage. */
export const BAD_KAFKA: BadConfiguration[] = [
    [
        "Kafka without a topic",
        kafka({ brokers: ["kafka:9092"], partitions: 3 }),
        "jaeger.kafka.topic",
        /existing topic/,
    ],
    ["Kafka of unknown size", kafka({ ...KAFKA, partitions: undefined }), "jaeger.kafka.partitions", /1 to 1000/],
    ["a topic with a blank", kafka({ ...KAFKA, topic: "my spans" }), "jaeger.kafka.topic", /A-Z, a-z/],
    ["a topic of dots", kafka({ ...KAFKA, topic: ".." }), "jaeger.kafka.topic", /existing topic/],
    ["a broker without a port", kafka({ ...KAFKA, brokers: ["kafka"] }), "jaeger.kafka.brokers.0", /HOST:PORT/],
    ["a login that Jaeger does not know", kafka({ ...LOGIN, mechanism: "GSSAPI" }), "jaeger.kafka.mechanism", /SCRAM/],
    [
        "fewer partitions than ingesters",
        kafka(KAFKA, ingesters({ min: 2, max: 6 })),
        "jaeger.kafka.partitions",
        /at least 6, the most ingesters/,
    ],
    [
        "one partition for the ingesters by default",
        kafka({ ...KAFKA, partitions: 1 }),
        "jaeger.kafka.partitions",
        /at least 2/,
    ],
    ["ingesters without Kafka", ingesters({}), "jaeger.roles.ingester", /without jaeger\.kafka/],
    ["Kafka before memory", kafka(KAFKA, {}), "jaeger.kafka", /memory, which only one pod can use/],
    [
        "Kafka before a volume",
        kafka(KAFKA, storage({ type: "badger", size: "1Gi" })),
        "jaeger.kafka",
        /badger, which only one pod can use/,
    ],
    ["a user of Kafka without a password", kafka(LOGIN), "jaegerKafkaPassword", /jaeger\.kafka\.username names/],
    [
        "a password for Kafka in plain text",
        kafka({ ...KAFKA, username: "jaeger" }, { ...storage(ELASTIC), ...PASSWORD }),
        "jaeger.kafka.tls",
        /otherwise be sent in plain text/,
    ],
    [
        "a password for Kafka without a user",
        kafka(KAFKA, { ...storage(ELASTIC), ...PASSWORD }),
        "jaegerKafkaPassword",
        /username is not set/,
    ],
    ["a password for no Kafka", PASSWORD, "jaegerKafkaPassword", /jaeger\.kafka is not set/],
    [
        "a password for Kafka that Jaeger would take for a variable",
        kafka(LOGIN, { ...storage(ELASTIC), jaegerKafkaPassword: "pa$$s" }),
        "jaegerKafkaPassword",
        /letters, digits and/,
    ],
    [
        "Kafka of no Jaeger",
        kafka(KAFKA, { "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" }),
        "jaeger.kafka",
        /because jaeger\.deploy is false/,
    ],
    [
        "another topic in the configuration",
        kafka(KAFKA, { ...storage(ELASTIC), ...config({ exporters: { kafka: { traces: { topic: "other" } } } }) }),
        "jaeger.config.exporters.kafka.traces.topic",
        /"spans", which the program decides/,
    ],
];
