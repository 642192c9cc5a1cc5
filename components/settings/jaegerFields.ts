import { z } from "zod";
import { TLS_SCHEMA } from "./collectorFields";
import { BOOLEAN, CHOICE_NEXT, decimal, dnsName, type Field } from "./field";
import { parseQuantity } from "../../shared/kubernetes/quantities";

const TYPE = "memory, badger, elasticsearch or opensearch";
const SIZE = "the size of the volume: a Kubernetes quantity of 1Gi or more, as text";
const STORAGE_CLASS = "the name of a StorageClass of the cluster";
const RETENTION = "a whole number from 1 to 8760 (hours after which a span is dropped)";
const URLS = "a list of one or more URLs of the nodes";
const URL_FORM = "https://HOST:PORT or http://HOST:PORT, without user, password, query and fragment";
const PREFIX = "1 to 60 of a-z, 0-9, - and _, starting with a letter or digit";
const USERNAME = "1 to 200 printable ASCII characters without a colon";
const CONFIG_PART = "an object, as Jaeger's own configuration file has it";

/** Which fields of jaeger.storage go with which types. */
const SEARCH = ["elasticsearch", "opensearch"];
const TYPES_OF: Record<string, readonly string[]> = {
    size: ["badger"],
    storageClass: ["badger"],
    retentionHours: ["badger"],
    serverUrls: SEARCH,
    indexPrefix: SEARCH,
    username: SEARCH,
    tls: SEARCH,
};

const storage = z
    .strictObject({
        type: z.enum(["memory", "badger", "elasticsearch", "opensearch"], { error: TYPE }).optional(),
        size: text(SIZE, (size) => (parseQuantity(size) ?? 0) >= 2 ** 30).optional(),
        storageClass: text(STORAGE_CLASS, (name) => name.length <= 253 && dnsName.test(name)).optional(),
        retentionHours: z
            .union([z.number(), z.string().regex(/^\d{1,4}$/, { error: RETENTION })], { error: RETENTION })
            .transform(Number)
            .refine((hours) => Number.isInteger(hours) && hours >= 1 && hours <= 8760, { error: RETENTION })
            .optional(),
        serverUrls: z.array(text(URL_FORM, isServerUrl), { error: URLS }).min(1, { error: URLS }).optional(),
        indexPrefix: text(PREFIX, (prefix) => /^[a-z0-9][a-z0-9_-]{0,59}$/.test(prefix)).optional(),
        username: text(USERNAME, (name) => /^[!-9;-~]([ -9;-~]{0,198}[!-9;-~])?$/.test(name)).optional(),
        tls: TLS_SCHEMA.optional(),
    })
    .superRefine((given, context) => {
        const type = given.type ?? "memory";
        for (const [field, types] of Object.entries(TYPES_OF)) {
            if (given[field as keyof typeof given] === undefined || types.includes(type)) continue;
            const message = `no ${field} with type ${type}: it goes with ${types.join(" and ")}`;
            context.addIssue({ code: "custom", path: [field], message });
        }
        if (type === "badger" && given.size === undefined) {
            context.addIssue({ code: "custom", path: ["size"], message: SIZE });
        }
        if (SEARCH.includes(type) && given.serverUrls === undefined) {
            context.addIssue({ code: "custom", path: ["serverUrls"], message: URLS });
        }
    });

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
            "Where Jaeger keeps traces: `type` memory (default), badger (a volume), elasticsearch or opensearch, with the " +
            "fields that the type needs.",
        expected:
            `an object with type (${TYPE}); for badger also size, storageClass, retentionHours; for elasticsearch and ` +
            "opensearch serverUrls, indexPrefix, username, tls",
        next:
            'write it like { type: badger, size: 10Gi } or { type: elasticsearch, serverUrls: ["https://es.example.com:9200"] }; ' +
            "a password goes into jaegerStoragePassword",
        schema: storage,
        default: {},
        // Where people put passwords and keys by mistake.
        secret: ["serverUrls", "username", "tls"],
    },
    "jaeger.maxTraces": {
        meaning:
            "Number of traces that Jaeger keeps in memory before it drops the oldest. By default, as many as fit into its " +
            "memory limit.",
        expected:
            "a whole number from 100 to 10000000 (traces kept in memory before the oldest is dropped), or nothing",
        next: "leave it out for as many as fit into the memory limit of Jaeger's container, or set for example 20000",
        schema: z.union([z.literal("").transform(() => undefined), decimal(100, 10_000_000, 0)]),
        default: "",
    },
    "jaeger.config": {
        meaning:
            "Further configuration of Jaeger itself, merged last. It must not contradict a setting or contain a secret.",
        expected:
            "an object of further configuration of Jaeger (service, extensions, receivers, processors, exporters, " +
            "connectors) that contradicts no setting",
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

function text(expected: string, isRight: (value: string) => boolean): z.ZodType<string> {
    return z.string({ error: expected }).refine(isRight, { error: expected });
}

/** No `$` either: Jaeger would take what follows for the name of a variable. */
function isServerUrl(value: string): boolean {
    if (!/^https?:\/\/[^\s/$@?#]+(\/[^\s$@?#]*)?$/.test(value) || !URL.canParse(value)) return false;
    return new URL(value).hostname !== "";
}
