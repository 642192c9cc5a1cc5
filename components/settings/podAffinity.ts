import { z } from "zod";
import { dnsLabel } from "./field";
import { LABEL_VALUE, QUALIFIED_NAME } from "./labelFields";

const AFFINITY = "an object with nodeAffinity, podAffinity and podAntiAffinity, in the format of Kubernetes";
const EXPRESSION = "an object with key, operator and, with In and NotIn, a list of values";
const NODE_OPERATOR = "In, NotIn, Exists, DoesNotExist, Gt or Lt; with Gt and Lt one whole number as text in values";
const LABEL_OPERATOR = "In, NotIn, Exists or DoesNotExist";
const TERMS = "a list of one term or more";
const WEIGHT = "a whole number from 1 to 100";
const NAMESPACES = "a list of names of namespaces";

const values = z.array(LABEL_VALUE, { error: "a list of values as text" });
const weight = z.int({ error: WEIGHT }).min(1, { error: WEIGHT }).max(100, { error: WEIGHT });

function expression(operators: [string, ...string[]], error: string) {
    return z
        .strictObject(
            { key: QUALIFIED_NAME, operator: z.enum(operators, { error }), values: values.optional() },
            { error: EXPRESSION },
        )
        .superRefine(({ operator, values: given = [] }, context) => {
            const fits =
                operator === "Gt" || operator === "Lt"
                    ? given.length === 1 && /^-?\d{1,15}$/.test(given[0] ?? "")
                    : operator.endsWith("In")
                      ? given.length > 0
                      : given.length === 0;
            if (!fits) context.addIssue({ code: "custom", path: ["values"], message: expected(operator) });
        });
}

function expected(operator: string): string {
    if (operator === "Gt" || operator === "Lt") return `one whole number as text, with ${operator}`;
    return operator.endsWith("In") ? `a list of one value or more, with ${operator}` : `no values, with ${operator}`;
}

const nodeTerm = z
    .strictObject(
        {
            matchExpressions: z
                .array(expression(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"], NODE_OPERATOR))
                .optional(),
            matchFields: z
                .array(
                    z.strictObject({
                        key: z.literal("metadata.name", { error: "metadata.name" }),
                        operator: z.enum(["In", "NotIn"], { error: "In or NotIn" }),
                        values: values.length(1, { error: "a list of one name of a node" }),
                    }),
                )
                .optional(),
        },
        { error: "an object with matchExpressions and matchFields" },
    )
    .refine(({ matchExpressions = [], matchFields = [] }) => matchExpressions.length + matchFields.length > 0, {
        error: "one expression or more: an empty term selects no node",
    });

const labelSelector = z.strictObject(
    {
        matchLabels: z.record(QUALIFIED_NAME, LABEL_VALUE).optional(),
        matchExpressions: z.array(expression(["In", "NotIn", "Exists", "DoesNotExist"], LABEL_OPERATOR)).optional(),
    },
    { error: "a label selector with matchLabels and matchExpressions" },
);

const podTerm = z.strictObject(
    {
        topologyKey: QUALIFIED_NAME,
        labelSelector: labelSelector.optional(),
        namespaceSelector: labelSelector.optional(),
        namespaces: z.array(z.string().regex(dnsLabel, { error: NAMESPACES }), { error: NAMESPACES }).optional(),
        matchLabelKeys: z.array(QUALIFIED_NAME).optional(),
        mismatchLabelKeys: z.array(QUALIFIED_NAME).optional(),
    },
    { error: "an object with topologyKey and, in most cases, labelSelector" },
);

const ofPods = z.strictObject(
    {
        requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm, { error: TERMS }).min(1, { error: TERMS }),
        preferredDuringSchedulingIgnoredDuringExecution: z
            .array(z.strictObject({ weight, podAffinityTerm: podTerm }), { error: TERMS })
            .min(1, { error: TERMS }),
    },
    { error: AFFINITY },
);

/**
 * `affinity` of a pod.
 *
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#affinity-and-anti-affinity
 */
export const AFFINITY_SCHEMA = z.strictObject(
    {
        nodeAffinity: z
            .strictObject(
                {
                    requiredDuringSchedulingIgnoredDuringExecution: z
                        .strictObject(
                            { nodeSelectorTerms: z.array(nodeTerm, { error: TERMS }).min(1, { error: TERMS }) },
                            { error: "an object with nodeSelectorTerms" },
                        )
                        .optional(),
                    preferredDuringSchedulingIgnoredDuringExecution: z
                        .array(z.strictObject({ weight, preference: nodeTerm }), { error: TERMS })
                        .min(1, { error: TERMS })
                        .optional(),
                },
                { error: AFFINITY },
            )
            .optional(),
        podAffinity: ofPods.partial().optional(),
        podAntiAffinity: ofPods.partial().optional(),
    },
    { error: AFFINITY },
);
