import { z } from "zod";
import { SASL_MECHANISMS } from "../kafka";
import { TLS_SCHEMA } from "./collectorFields";
import { numeric, type Field } from "./field";
import { isServerWithPort, isUserName, text, USER_NAME } from "./serverAddress";

const BROKERS = "a list of one or more brokers, each HOST:PORT, a DNS name or an IPv4 address";
const BROKER = "HOST:PORT of a broker, a DNS name or an IPv4 address";
const TOPIC = "the name of an existing topic: 1 to 249 of A-Z, a-z, 0-9, . _ and -";
const PARTITIONS = "a whole number from 1 to 1000 (partitions of the topic)";
const MECHANISM = SASL_MECHANISMS.join(", ");

/** What Kafka takes as the name of a topic; `.` and `..` are none. */
const TOPIC_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/** The setting jaeger.kafka, and the password for it. */
export const KAFKA_FIELDS = {
    "jaeger.kafka": {
        meaning:
            "Kafka between Jaeger's collectors and its storage: the `topic`, which must exist, its `brokers` and " +
            "`partitions`, and, for a login, `username`, `mechanism` and `tls`. Jaeger then runs in roles, with " +
            "ingesters that store the spans from Kafka.",
        expected:
            "an object with brokers, topic and partitions, and for a login username, mechanism and tls; or {} for none",
        next:
            'write it like { brokers: ["kafka-0.kafka:9092"], topic: jaeger-spans, partitions: 12 }; a password goes into ' +
            "jaegerKafkaPassword",
        schema: z
            .strictObject({
                brokers: z
                    .array(text(BROKER, isServerWithPort), { error: BROKERS })
                    .min(1, { error: BROKERS })
                    .optional(),
                topic: text(TOPIC, (name) => TOPIC_NAME.test(name)).optional(),
                partitions: numeric(/^[1-9]\d{0,3}$/, 1, 1000, PARTITIONS).optional(),
                username: text(USER_NAME, isUserName).optional(),
                mechanism: z.enum(SASL_MECHANISMS, { error: MECHANISM }).optional(),
                tls: TLS_SCHEMA.optional(),
            })
            .superRefine((given, context) => {
                if (Object.keys(given).length === 0) return;
                for (const [field, message] of Object.entries({
                    brokers: BROKERS,
                    topic: TOPIC,
                    partitions: PARTITIONS,
                }))
                    if (given[field as keyof typeof given] === undefined)
                        context.addIssue({ code: "custom", path: [field], message });
            }),
        default: {},
        // Where people put passwords and keys by mistake.
        secret: ["brokers", "username", "tls"],
    },
    jaegerKafkaPassword: {
        expected: "1 to 1000 letters, digits and . _ + / = @ ^ -, starting with a letter or digit",
        next: "set it with: pulumi config set --secret jaegerKafkaPassword",
        // Jaeger reads it as a part of its configuration, which is YAML with variables.
        schema: z.string().regex(/^([A-Za-z0-9][A-Za-z0-9._+/=@^-]{0,999})?$/),
        default: "",
        secret: true,
        encrypted: true,
    },
} as const satisfies Record<string, Field>;
