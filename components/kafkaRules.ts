import { z } from "zod";
import type { Kafka } from "./kafka";
import { input, schemaRule, type Rule } from "./resolve";
import { resolveKafka } from "./settings/kafka";
import { KAFKA_FIELDS } from "./settings/kafkaFields";

const FIELD = KAFKA_FIELDS["jaeger.kafka"];
const SERVED = schemaRule(FIELD, FIELD.schema);

/** A topic of Kafka between Jaeger's collectors and its storage. */
export const KAFKA: Rule<Kafka | undefined> = {
    expected: FIELD.expected,
    next: FIELD.next,
    read: (key, given) => {
        const reading = SERVED.read(key, given);
        return "problems" in reading ? reading : { value: resolveKafka(reading.value) };
    },
};

const { jaegerKafkaPassword: PASSWORD } = KAFKA_FIELDS;

/** Password for Kafka. Not empty. */
export const KAFKA_PASSWORD = input(
    schemaRule(
        PASSWORD,
        z
            .string({ error: PASSWORD.expected })
            .refine((text) => text !== "" && PASSWORD.schema.safeParse(text).success, { error: PASSWORD.expected }),
    ),
);
