import { CONSUMER_GROUP, type Kafka } from "../kafka";
import type { JaegerRole } from "../roles";
import type { PlainObject } from "../../shared/values/plainObjects";
import { renderTls, STORAGE_EXPORTER } from "./jaegerStorage";
import { literalText } from "./literalText";

/** Paths of Kafka's login in Jaeger's pods. */
export const KAFKA_PATHS = {
    /** The Secret with the key `password`. */
    secret: "/etc/jaeger-kafka",
    /** The ConfigMap with the key `ca.crt`. */
    authority: "/etc/jaeger-kafka-ca",
} as const;

/** The ingester's pipeline, beside the collector's, which is called `traces`. */
export const INGESTER_PIPELINE = "traces/ingester";

/**
 * The part of Jaeger's configuration that the settings of Kafka decide: collectors write into the topic, and ingesters
 * store what it holds. Each role takes its own half.
 *
 * Source: https://github.com/jaegertracing/jaeger/blob/v2.13.0/cmd/jaeger/config-kafka-collector.yaml
 */
export function renderKafka(kafka: Kafka): PlainObject {
    const traces = { topic: kafka.topic, encoding: "otlp_proto" };
    return {
        service: {
            pipelines: {
                traces: { exporters: ["kafka"] },
                [INGESTER_PIPELINE]: { receivers: ["kafka"], exporters: [STORAGE_EXPORTER] },
            },
        },
        receivers: { kafka: { ...renderClient(kafka, "ingester"), traces } },
        exporters: { kafka: { ...renderClient(kafka, "collector"), traces } },
    };
}

/**
 * What `jaeger.config` may change. A span is acknowledged when all copies of Kafka that are in step have it. Kafka takes it
 * as stored only when the storage has taken it; until then, an ingester tries again and again. Only what nobody could ever
 * store, because it is damaged, is passed over.
 */
export const KAFKA_PRESETS: PlainObject = {
    service: { pipelines: { traces: { processors: [] }, [INGESTER_PIPELINE]: { processors: [] } } },
    exporters: {
        kafka: {
            // Without a queue, whose spans would be acknowledged and lost with the pod.
            sending_queue: { enabled: false },
            timeout: "5s",
            // The Collector wants no interval to be longer than the whole time.
            retry_on_failure: { initial_interval: "500ms", max_interval: "5s", max_elapsed_time: "10s" },
            // A message for each trace: small enough for Kafka, and read in order by one ingester.
            partition_traces_by_id: true,
            // Kafka would make a topic with as many partitions and copies as it likes.
            producer: { required_acks: "all", compression: "lz4", allow_auto_topic_creation: false },
        },
    },
    receivers: {
        kafka: {
            group_id: CONSUMER_GROUP,
            // A new group starts with what the topic holds already.
            initial_offset: "earliest",
            message_marking: { after: true, on_error: false, on_permanent_error: true },
            error_backoff: {
                ...{ enabled: true, initial_interval: "1s", max_interval: "30s", max_elapsed_time: "0s" },
                ...{ multiplier: 1.5, randomization_factor: 0.5 },
            },
        },
    },
};

function renderClient({ brokers, username, mechanism, tls }: Kafka, role: JaegerRole): PlainObject {
    return {
        ...{ brokers, client_id: `jaeger-${role}` },
        ...(tls !== undefined && { tls: renderTls({ tls }, KAFKA_PATHS.authority) }),
        ...(username !== undefined && {
            auth: {
                sasl: {
                    ...{ username: literalText(username), password: `\${file:${KAFKA_PATHS.secret}/password}` },
                    mechanism,
                },
            },
        }),
    };
}
