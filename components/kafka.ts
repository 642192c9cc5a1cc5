import type { CollectorTls } from "./collector";

/** How Kafka checks a password. */
export const SASL_MECHANISMS = ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] as const;

/** A topic of an existing Kafka, in which spans wait between Jaeger's collectors and its storage. */
export interface Kafka {
    /** Its brokers to begin with, `HOST:PORT`. */
    brokers: string[];
    /** The topic, which must exist. */
    topic: string;
    /** Number of partitions of the topic, 1 to 1000. More ingesters than that would have nothing to do. */
    partitions: number;
    /** User of the login (SASL). The password is a separate input. @default no login */
    username?: string;
    /** How Kafka checks the password. */
    mechanism: (typeof SASL_MECHANISMS)[number];
    /** How to verify its certificate. @default without TLS */
    tls?: CollectorTls;
}

/** Consumer group of Jaeger's ingesters. Kafka remembers for it which spans are stored. */
export const CONSUMER_GROUP = "jaeger-ingester";
