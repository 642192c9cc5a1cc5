import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { asGiven, input, objectRule, optional, preset, schemaRule, type Reading, type Rule } from "./resolve";
import type { LabelledNamespace } from "../checks/mesh/discoverySelectors";
import type { ChartAccess } from "./charts";
import type { AlertRulesSpec } from "./render/alertRules";
import { DEFAULT_RESOURCES, type ResourceRequirements, type SizedContainer } from "./resources";
import { CHART_ACCESS_SCHEMA, CHART_PASSWORD } from "./settings/chartAccess";
import { COLLECTOR_FIELD, COLLECTOR_FIELDS } from "./settings/collectorFields";
import { DEFAULT_CNI_NAMESPACE } from "./cni";
import { CNI_FIELDS } from "./settings/cniFields";
import { CHOICE_NEXT, dnsLabel, isHostName, type Field } from "./settings/field";
import { FIELDS, OBJECT_KEYS, RESOURCE_LIST, type SettingKey } from "./settings/fields";
import { NAMESPACE_SCHEMAS } from "./settings/namespacesFields";
import type { ParsedSettings } from "./settings/parse";
import { PLAIN_NAMESPACE, type NamespacePolicy } from "./ownNamespaces";
import { PLAIN_PODS, type PodPolicy } from "./pods";
import { NAMESPACE_POLICY_SCHEMA } from "./settings/ownNamespaceFields";
import { POD_FIELDS, POD_POLICY_SCHEMA } from "./settings/podFields";
import { shown } from "./settings/schemaProblems";

/** The rule and the default of a setting, for an argument with the same meaning. */
export function setting<Key extends SettingKey>(key: Key): Rule<ParsedSettings[Key]> {
    const field: Field = FIELDS[key];
    const value = field.schema.parse(field.default) as ParsedSettings[Key];
    const schema = field.schema as z.ZodType<ParsedSettings[Key]>;
    return preset(OBJECT_KEYS.includes(key) ? schemaRule(field, schema) : scalarRule(field, schema), value);
}

/** A number, a word or a Boolean value. A stack's file contains each of them as text, and so does its rule. */
function scalarRule<T>(field: Field, schema: z.ZodType<T>): Rule<T> {
    return {
        expected: field.expected,
        next: field.next,
        read: (key, given): Reading<T> => {
            const isScalar = ["string", "number", "boolean"].includes(typeof given);
            const result = schema.safeParse(isScalar ? String(given) : undefined);
            // "5" is not 5: calculations with it give other results.
            if (result.success && (result.data as unknown) === given) return { value: result.data };
            return { problems: [{ key, expected: field.expected, got: shown(field, given), next: field.next }] };
        },
    };
}

const NAMESPACE = "the name of a namespace: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit";

/** An existing namespace. */
export const NAMESPACE_RULE = input(
    textRule(NAMESPACE, "write it like demo, or pass metadata.name of the Namespace", dnsLabel),
);

/** An existing namespace of another owner. */
export const FOREIGN_NAMESPACE = schemaRule(
    { expected: NAMESPACE, next: "name an existing namespace" },
    NAMESPACE_SCHEMAS.name,
);

/** `sidecarHash` of Istio. */
export const SIDECAR_HASH = input(
    textRule("sidecarHash of the component Istio, or another text", "pass istio.sidecarHash", /^\S{1,253}$/),
);

/** Revision or revision tag of a control plane, for pods that ask for a sidecar. */
export const REVISION_RULE: Rule<string | undefined> = optional(
    textRule(
        "a revision or a revision tag: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit",
        "omit it for the default revision",
        dnsLabel,
    ),
);

/** A Boolean value. */
export const FLAG = schemaRule({ expected: "true or false", next: CHOICE_NEXT }, z.boolean({ error: "true or false" }));

/** Full name of a Service. */
export const SERVICE_HOST = textRule(
    "the full name of a Service, as a DNS name",
    "write it like jaeger-query.istio-system.svc.cluster.local",
    isHostName,
);

/** What the alerts depend on. */
export const ALERTS_RULE: Rule<AlertRulesSpec> = schemaRule(
    {
        expected:
            "an object with collectorHost, tracer and comparesReception, and hasDoctor, inRoles, hasIngester and tier if needed",
        next: 'write it like { collectorHost: "jaeger-collector.istio-system.svc.cluster.local", tracer: "opentelemetry", comparesReception: true }',
    },
    z.strictObject({
        collectorHost: z.string().refine((host) => "value" in SERVICE_HOST.read("", host)),
        tracer: z.enum(["opentelemetry", "zipkin"]),
        comparesReception: z.boolean(),
        hasDoctor: z.boolean().optional(),
        inRoles: z.boolean().optional(),
        hasIngester: z.boolean().optional(),
        tier: z.enum(["split", "single"]).optional(),
    }),
);

/** Extension provider of a mesh. */
export const PROVIDER = textRule(
    "the name of an extension provider, at most 253 characters without blanks",
    "name one of extensionProviders in the mesh configuration: kubectl get configmap istio -n istio-system -o yaml",
    /^\S{1,253}$/,
);

/** Revision of a control plane. */
export const REVISION = textRule(
    "the revision of a control plane, not a tag: 1 to 63 of a-z, 0-9 and -",
    "list the revisions: kubectl get deployments -A -l app=istiod -L istio.io/rev",
    dnsLabel,
);

/** Extension providers, each by what names it. */
export const NAMES_BY_SETTING: Rule<Record<string, string>> = preset(
    schemaRule(
        { expected: "an object of provider names", next: 'write it like { shop: "other" }' },
        z.record(z.string(), z.string().regex(/^\S{1,253}$/)),
    ),
    {},
);

/** Namespaces with pods of a mesh. */
export const LABELLED_NAMESPACES: Rule<LabelledNamespace[]> = preset(
    schemaRule(
        {
            expected: "a list of namespaces, each with name, labels and complete",
            next: 'write it like [{ name: "shop", labels: {}, complete: false }]',
        },
        z.array(
            z.strictObject({
                name: z.string().regex(dnsLabel),
                labels: z.record(z.string(), z.string()),
                complete: z.boolean(),
            }),
        ),
    ),
    [],
);

/** The address to which sidecars send spans. */
export const COLLECTOR = schemaRule(COLLECTOR_FIELD, COLLECTOR_FIELD.schema);

/** Names of namespaces. */
export const NAMESPACE_NAMES: Rule<string[]> = preset(
    schemaRule(
        { expected: "a list of names of namespaces", next: 'write it like ["shop"]' },
        z.array(z.string().regex(dnsLabel)),
    ),
    [],
);

/** Headers of every export call. */
export const COLLECTOR_HEADERS: Rule<Record<string, pulumi.Input<string>>> = preset(
    asGiven(schemaRule(COLLECTOR_FIELDS.collectorHeaders, COLLECTOR_FIELDS.collectorHeaders.schema)),
    {},
);

/** Rules for a workload's pods. */
export const PODS_RULE: Rule<PodPolicy> = preset(
    schemaRule({ expected: "an object with rules for the pods", next: POD_FIELDS.pods.next }, POD_POLICY_SCHEMA),
    PLAIN_PODS,
);

const CNI = CNI_FIELDS["istio.cni"];
const cniShape = CNI.schema.shape;

/** Existing namespace of Istio's CNI agent. */
export const CNI_NAMESPACE = preset(schemaRule(CNI, cniShape.namespace.unwrap()), DEFAULT_CNI_NAMESPACE);

/** A folder of the nodes that Istio's CNI agent changes. */
export const CNI_FOLDER = optional(schemaRule(CNI, cniShape.binDir.unwrap()));

/** Who runs Istio's CNI plugin. */
export const CNI_PROVIDER = optional(schemaRule(CNI, cniShape.provider.unwrap()));

/** Further values of the cni chart. */
export const CNI_VALUES: Rule<Record<string, unknown>> = preset(asGiven(schemaRule(CNI, cniShape.values.unwrap())), {});

/** Owner, labels and annotations of a namespace. */
export const NAMESPACE_POLICY_RULE: Rule<NamespacePolicy> = preset(
    schemaRule(
        { expected: "an object with existing, labels and annotations", next: "write it like { existing: true }" },
        NAMESPACE_POLICY_SCHEMA,
    ),
    PLAIN_NAMESPACE,
);

/** Image of a container, by default the one pinned in versions.ts. */
export function imageRule(
    container: "jaeger" | "indexCleaner" | "prometheus" | "collector" | "frontend" | "backend",
    pinned: string,
): Rule<string> {
    return preset(schemaRule(FIELDS.images, FIELDS.images.schema.shape[container].unwrap()), pinned);
}

/** Size of a container. */
export function resourcesRule(container: SizedContainer): Rule<ResourceRequirements> {
    const expected = "an object with requests and limits, each with cpu and memory as Kubernetes quantities";
    const list = RESOURCE_LIST;
    return preset(
        schemaRule({ expected, next: FIELDS.resources.next }, z.strictObject({ requests: list, limits: list })),
        DEFAULT_RESOURCES[container],
    );
}

const CHART_ACCESS_ADVICE = {
    expected: "an object with any of username, password and caFile",
    next: 'write it like { username: "reader", password: config.requireSecret("chartPassword") }',
};

/** Password for a repository of charts. Not empty. */
export const CHART_PASSWORD_RULE = input(
    schemaRule(
        { ...CHART_PASSWORD, next: CHART_ACCESS_ADVICE.next, secret: true },
        CHART_PASSWORD.schema.refine((text) => text !== "", { error: CHART_PASSWORD.expected }),
    ),
);

/** What a repository of charts requires. */
export const CHART_ACCESS_RULE: Rule<ChartAccess> = preset<ChartAccess>(
    objectRule(CHART_ACCESS_ADVICE, {
        username: optional(schemaRule(CHART_ACCESS_ADVICE, CHART_ACCESS_SCHEMA.shape.username.unwrap())),
        password: optional(CHART_PASSWORD_RULE),
        caFile: optional(schemaRule(CHART_ACCESS_ADVICE, CHART_ACCESS_SCHEMA.shape.caFile.unwrap())),
    }),
    {},
);

/** Where the charts of Istio come from, and how they are installed. */
export const CHART_RULES = {
    version: setting("istio.version"),
    chartSource: setting("istio.chartSource"),
    chartAccess: CHART_ACCESS_RULE,
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
    helmAtomic: setting("helmAtomic"),
};

/** Text with a fixed format. */
export function textRule(expected: string, next: string, form: RegExp | ((text: string) => boolean)): Rule<string> {
    const fits = typeof form === "function" ? form : (text: string): boolean => form.test(text);
    return schemaRule({ expected, next }, z.string({ error: expected }).refine(fits, { error: expected }));
}
