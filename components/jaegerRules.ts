import { z } from "zod";
import { REVISION_RULE, setting, SIDECAR_HASH, textRule } from "./argumentRules";
import type { AccessRules } from "./render/accessRules";
import type { JaegerMetrics } from "./render/spanMetrics";
import type { MeshIdentity } from "./render/jaegerAccess";
import { isPlainObject, type PlainObject } from "../shared/values/plainObjects";
import { input, objectRule, optional, preset, required, schemaRule, type Rule } from "./resolve";
import { dnsLabel, dnsName } from "./settings/field";
import { JAEGER_FIELDS } from "./settings/jaegerFields";
import { resolveJaegerStorage } from "./settings/jaegerStorage";
import { METRICS_FIELDS, HTTP_URL } from "./settings/metricsFields";
import type { SettingsProblem } from "./settings/problems";
import { UI_FIELDS } from "./settings/uiFields";
import { BACKEND_PATH, customBackend, type JaegerStorage } from "./storage";
import type { JaegerRoles } from "./roles";
import { DEFAULT_BASE_PATH, type BasicCredential } from "./ui";

const { basePath } = UI_FIELDS.ui.schema.shape;

/** Path below which Jaeger serves. */
export const BASE_PATH: Rule<string> = preset(
    schemaRule(
        { expected: "/ or a path such as /jaeger", next: "write it like /jaeger, without a slash at its end" },
        basePath.unwrap(),
    ),
    DEFAULT_BASE_PATH,
);

const { username, password } = UI_FIELDS.uiBasicAuth.schema.shape;

/** One name and its password. */
export const CREDENTIAL: Rule<BasicCredential> = schemaRule(
    {
        expected: "an object with username and password",
        next: "write a password of 12 characters or more, or the text that htpasswd -nBC 10 NAME prints after the colon",
        secret: true,
    },
    z.strictObject(
        { username: username.unwrap(), password: password.unwrap() },
        { error: "an object with username and password" },
    ),
);

/** A service account of the mesh. */
export const IDENTITY: Rule<MeshIdentity> = objectRule(
    {
        expected: "an object with namespace and serviceAccount",
        next: 'write it like { namespace: "istio-ingress", serviceAccount: "jaeger-gateway" }',
    },
    {
        namespace: textRule("the name of a namespace", "name the namespace of the workload", dnsLabel),
        serviceAccount: textRule("the name of a service account", "name the service account of the workload", dnsName),
    },
);

/** Who may send spans and who may query. */
export const ACCESS: Rule<AccessRules> = preset<AccessRules>(
    objectRule(
        {
            expected: "an object with basePath, usersSecret, sidecarHash and revision, each if needed",
            next: "pass the rules of the component JaegerAccess",
        },
        {
            basePath: BASE_PATH,
            usersSecret: optional(input(textRule("the name of a Secret", "pass metadata.name of the Secret", dnsName))),
            sidecarHash: optional(SIDECAR_HASH),
            revision: REVISION_RULE,
        },
    ),
    {},
);

const PERCENT = z.number().min(0).max(100);

/** Where metrics from spans are queried, and what share of the requests they count. */
export const JAEGER_METRICS: Rule<JaegerMetrics> = objectRule(
    {
        expected: "an object with prometheusUrl, and with sampled if spans are a sample of the requests",
        next: 'write it like { prometheusUrl: "http://prometheus.monitoring:9090" }',
    },
    {
        prometheusUrl: schemaRule(METRICS_FIELDS["metrics.prometheusUrl"], HTTP_URL),
        sampled: optional(
            schemaRule(
                {
                    expected: "an object with lowestPercent and highestPercent, each from 0 to 100",
                    next: "write it like { lowestPercent: 1, highestPercent: 1 }",
                },
                z.strictObject({ lowestPercent: PERCENT, highestPercent: PERCENT }),
            ),
        ),
    },
);

/** Password for the storage. Not empty. */
export const STORAGE_PASSWORD = input(
    schemaRule(
        JAEGER_FIELDS.jaegerStoragePassword,
        z
            .string({ error: JAEGER_FIELDS.jaegerStoragePassword.expected })
            .refine((text) => text !== "" && JAEGER_FIELDS.jaegerStoragePassword.schema.safeParse(text).success, {
                error: JAEGER_FIELDS.jaegerStoragePassword.expected,
            }),
    ),
);

const roleScale = z.strictObject({
    min: z.number().int().min(1).max(50),
    max: z.number().int().min(1).max(50),
    cpuPercent: z.number().int().min(10).max(500),
});

/** Jaeger's roles, each with its number of pods. */
export const ROLES: Rule<JaegerRoles> = schemaRule(
    {
        expected:
            "an object with collector, query and, with Kafka, ingester, each with min, max (pods, 1 to 50) and cpuPercent (10 to 500)",
        next: "write it like { collector: { min: 2, max: 6, cpuPercent: 75 }, query: { min: 2, max: 2, cpuPercent: 75 } }",
    },
    z.strictObject({ collector: roleScale, query: roleScale, ingester: roleScale.optional() }),
);

const { expected, next } = JAEGER_FIELDS["jaeger.storage"];
const MEMORY = objectRule(
    { expected, next },
    { type: typeRule("memory"), maxTraces: required(setting("jaeger.maxTraces")) as Rule<number> },
);
const CUSTOM = objectRule({ expected, next }, { type: typeRule("custom") });
const SERVED = schemaRule(JAEGER_FIELDS["jaeger.storage"], JAEGER_FIELDS["jaeger.storage"].schema);

/** Storage of Jaeger's traces. */
export const STORAGE: Rule<JaegerStorage> = {
    expected,
    next,
    read: (key, given) => {
        const type = isPlainObject(given) ? given["type"] : undefined;
        if (type === "memory" || type === undefined) return MEMORY.read(key, given);
        if (type === "custom") return CUSTOM.read(key, given);
        const reading = SERVED.read(key, given);
        if ("problems" in reading) return reading;
        const values = { "jaeger.storage": reading.value, "jaeger.maxTraces": undefined, "jaeger.config": {} };
        return { value: resolveJaegerStorage(values, undefined) };
    },
};

/** Reports a custom storage that the configuration of Jaeger does not define. */
export function findCustomStorageProblems(storage: JaegerStorage, config: PlainObject): SettingsProblem[] {
    if (storage.type !== "custom" || customBackend(config) !== undefined) return [];
    return [
        {
            key: `config.${BACKEND_PATH.join(".")}`,
            expected: "the backend that stores the traces, because the type of the storage is custom",
            got: "nothing",
            next: "write it there as in Jaeger's documentation, or choose another storage",
        },
    ];
}

function typeRule<const Type extends string>(type: Type): Rule<Type> {
    return schemaRule({ expected, next }, z.literal(type, { error: expected }));
}
