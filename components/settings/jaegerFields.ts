import { z } from "zod";
import { BOOLEAN, CHOICE_NEXT, decimal, type Field } from "./field";
import { STORAGE_SCHEMA, STORAGE_TYPE } from "./jaegerStorageFields";
import { KAFKA_FIELDS } from "./kafkaFields";
import { ROLES_FIELDS } from "./rolesFields";

const CONFIG_PART = "an object, in the format of Jaeger's own configuration file";

/** The settings of the stack's own Jaeger. */
export const JAEGER_FIELDS = {
    "jaeger.deploy": {
        meaning:
            "`true` deploys the stack's own Jaeger; `false` omits it and the outputs about its UI, for a collector that " +
            "keeps traces elsewhere.",
        expected: "true (the stack deploys its own Jaeger) or false (traces are kept elsewhere)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "true",
    },
    "jaeger.storage": {
        meaning:
            "Where Jaeger keeps traces: `type` memory (default), badger (a volume), elasticsearch, opensearch, cassandra, clickhouse or " +
            "remote (Jaeger's storage API over gRPC), with the fields that the type needs.",
        expected:
            `an object with type (${STORAGE_TYPE}); for badger also size, storageClass, retentionHours; for elasticsearch and ` +
            "opensearch serverUrls, indexPrefix, username, tls, retentionHours or lifecyclePolicy",
        next:
            'write it like { type: badger, size: 10Gi } or { type: elasticsearch, serverUrls: ["https://es.example.com:9200"] }; ' +
            "a password goes into jaegerStoragePassword",
        schema: STORAGE_SCHEMA,
        default: {},
        // Where people put passwords and keys by mistake.
        secret: ["serverUrls", "servers", "endpoint", "username", "tls"],
    },
    ...ROLES_FIELDS,
    ...KAFKA_FIELDS,
    "jaeger.maxTraces": {
        meaning:
            "Number of traces that Jaeger keeps in memory before it drops the oldest. By default, as many as fit into its " +
            "memory limit.",
        expected:
            "a whole number from 100 to 10000000 (traces kept in memory before the oldest is dropped), or nothing",
        next: "omit it for as many as fit into the memory limit of Jaeger's container, or set for example 20000",
        schema: z.union([z.literal("").transform(() => undefined), decimal(100, 10_000_000, 0)]),
        default: "",
    },
    "jaeger.config": {
        meaning:
            "Additional configuration for Jaeger itself, merged last. It must not contradict a setting or contain a " +
            "secret.",
        expected:
            "an object of additional configuration for Jaeger (service, extensions, receivers, processors, " +
            "exporters, connectors) that contradicts no setting",
        next: "see https://www.jaegertracing.io/docs/2.13/deployment/configuration/",
        schema: z.strictObject(
            Object.fromEntries(
                ["service", "extensions", "receivers", "processors", "exporters", "connectors"].map((part) => [
                    part,
                    z.record(z.string(), z.unknown(), { error: CONFIG_PART }).optional(),
                ]),
            ),
        ),
        default: {},
    },
    jaegerStoragePassword: {
        expected: "1 to 1000 printable ASCII characters, without blanks at the ends",
        next: "set it with: pulumi config set --secret jaegerStoragePassword",
        schema: z.string().regex(/^([!-~]([ -~]{0,998}[!-~])?)?$/),
        default: "",
        secret: true,
        encrypted: true,
    },
} as const satisfies Record<string, Field>;
