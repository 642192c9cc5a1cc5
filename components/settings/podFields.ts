import { z } from "zod";
import { isObjectName } from "../../shared/kubernetes/nameForms";
import type { Toleration } from "../../shared/kubernetes/tolerations";
import type { PlainObject } from "../../shared/values/plainObjects";
import { isReservedAnnotation, isReservedLabel, PLAIN_PODS, WORKLOADS, type PodPolicy, type Workload } from "../pods";
import type { Field } from "./field";
import { annotations, LABEL_VALUE, labels, QUALIFIED_NAME } from "./labelFields";
import { AFFINITY_SCHEMA } from "./podAffinity";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;
const EFFECT = `${EFFECTS.slice(0, -1).join(", ")} or NoExecute`;
const SECONDS = "a whole number from 0 to 2147483647 (seconds)";
const TOLERATION = "an object with any of key, operator, value, effect and tolerationSeconds";
const PRIORITY_CLASS = "the name of a PriorityClass, or empty for the cluster's default";
const SECRET = "the name of a Secret";
const SECRETS = "a list of names of Secrets, each once";

const toleration = z
    .strictObject(
        {
            key: QUALIFIED_NAME.optional(),
            operator: z.enum(["Equal", "Exists"], { error: "Equal or Exists" }).optional(),
            value: LABEL_VALUE.optional(),
            effect: z.enum(EFFECTS, { error: EFFECT }).optional(),
            tolerationSeconds: z
                .union([z.number(), z.string().regex(/^\d{1,10}$/, { error: SECONDS })], { error: SECONDS })
                .transform(Number)
                .refine((count) => Number.isInteger(count) && count >= 0 && count < 2 ** 31, { error: SECONDS })
                .optional(),
        },
        { error: TOLERATION },
    )
    .superRefine(({ key, operator = "Equal", value, effect, tolerationSeconds }, context) => {
        const refuse = (field: string, message: string): void => {
            context.addIssue({ code: "custom", path: [field], message });
        };
        if (key === undefined && operator !== "Exists")
            refuse("key", "the key of a taint, or the operator Exists, which matches every taint");
        if (operator === "Exists" && value !== undefined && value !== "")
            refuse("value", "no value with the operator Exists");
        if (tolerationSeconds !== undefined && effect !== "NoExecute")
            refuse("tolerationSeconds", "nothing unless effect is NoExecute, the only effect that evicts pods");
    });

const PARTS = {
    nodeSelector: labels("labels that a node must have").optional(),
    tolerations: z
        .array(toleration, { error: "a list of tolerations" })
        .transform((list) => list as Toleration[])
        .optional()
        .describe("taints of nodes that the pods tolerate"),
    affinity: AFFINITY_SCHEMA.transform((affinity) => affinity as PlainObject)
        .optional()
        .meta({ description: "as Kubernetes has it", whole: true }),
    priorityClassName: z
        .string({ error: PRIORITY_CLASS })
        .refine((name) => name === "" || isObjectName(name), { error: PRIORITY_CLASS })
        .optional()
        .describe("PriorityClass of the pods; it must exist in the cluster"),
    imagePullSecrets: z
        .array(z.string({ error: SECRET }).refine(isObjectName, { error: SECRET }), { error: SECRETS })
        .refine((names) => new Set(names).size === names.length, { error: SECRETS })
        .optional()
        .describe("Secrets with registry logins, in the namespace of the pods; every sidecar gets istiod's too"),
    labels: labels("additional labels of the pods and their workloads", isReservedLabel).optional(),
    annotations: annotations("additional annotations of the pods", isReservedAnnotation).optional(),
    serviceAccountAnnotations: annotations(
        "annotations of the pods' service accounts; Jaeger and the demo then get their own service accounts",
        isReservedAnnotation,
    ).optional(),
};

/** Rules for a workload's pods; omitted fields have the values of {@link PLAIN_PODS}. */
export const POD_POLICY_SCHEMA = z
    .strictObject(PARTS)
    .transform((given): PodPolicy => ({ ...PLAIN_PODS, ...(given as Partial<PodPolicy>) }));

const NOTHING = "nothing: Istio's chart fixes it for the CNI agent";
const ONLY = "an object with the fields above";

const only = z
    .strictObject(PARTS, { error: ONLY })
    .optional()
    .meta({ description: "for these pods only: a field here replaces the common field", whole: true });

/** What Istio's chart fixes of the CNI agent's pods. */
const FIXED_OF_CNI = ["priorityClassName", "serviceAccountAnnotations"] as const;
/** What for all pods chooses nodes; the CNI agent is needed on every node with a sidecar. */
const NODES_OF_OTHERS = ["nodeSelector", "affinity"] as const;

const ofCni = z
    .strictObject(
        {
            ...PARTS,
            ...(Object.fromEntries(
                FIXED_OF_CNI.map((name) => [name, z.never({ error: NOTHING }).optional()]),
            ) as object),
        },
        { error: ONLY },
    )
    .optional()
    .meta({
        description:
            "for the pods of Istio's CNI agent only, which run on every node: nodeSelector and affinity apply only " +
            "here, and the chart sets the priority system-node-critical",
        whole: true,
    });

/** The setting for scheduling, labels and annotations of the program's pods. */
export const POD_FIELDS = {
    pods: {
        expected:
            `an object with ${Object.keys(PARTS).join(", ")} for all pods of the program, and with ` +
            `${WORKLOADS.join(", ")} for those that differ`,
        next:
            "write it like { tolerations: [{ key: dedicated, value: mesh, effect: NoSchedule }], labels: { team: platform }, " +
            "istiod: { priorityClassName: system-cluster-critical } }",
        schema: z.strictObject({
            ...PARTS,
            ...(Object.fromEntries(WORKLOADS.map((name) => [name, name === "cni" ? ofCni : only])) as Record<
                Workload,
                typeof only
            >),
        }),
        default: {},
    },
} as const satisfies Record<string, Field>;

/** The policy of every workload: its own field replaces the common field. */
export function completePods(given: object): Record<Workload, PodPolicy> {
    const fields = given as Partial<PodPolicy> & Partial<Record<Workload, Partial<PodPolicy>>>;
    const all = Object.fromEntries(Object.entries(fields).filter(([name]) => name in PLAIN_PODS));
    const ofAll = (name: Workload): Partial<PodPolicy> =>
        name === "cni" ? without(all, [...FIXED_OF_CNI, ...NODES_OF_OTHERS]) : all;
    return Object.fromEntries(
        WORKLOADS.map((name) => [name, { ...PLAIN_PODS, ...ofAll(name), ...fields[name] }]),
    ) as Record<Workload, PodPolicy>;
}

function without(fields: Partial<PodPolicy>, names: readonly string[]): Partial<PodPolicy> {
    return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
