import { z } from "zod";
import {
    EXISTING_NAMESPACE,
    isReservedNamespaceAnnotation,
    isReservedNamespaceLabel,
    OWN_NAMESPACES,
    PLAIN_NAMESPACE,
    type NamespacePolicy,
    type OwnNamespace,
} from "../ownNamespaces";
import type { Field } from "./field";
import { annotations, labels } from "./labelFields";

const FLAG = "true or false";
const FIELDS_ABOVE = "an object with the fields above";

const PARTS = {
    existing: z
        .union([z.boolean(), z.enum(["true", "false"])], { error: FLAG })
        .transform((flag) => String(flag) === "true")
        .optional()
        .describe("true: somebody else has created it; the program uses it, but neither changes nor deletes it"),
    labels: labels(
        "labels of namespaces that the program creates, such as pod-security.kubernetes.io/enforce",
        isReservedNamespaceLabel,
    ).optional(),
    annotations: annotations(
        "annotations of namespaces that the program creates",
        isReservedNamespaceAnnotation,
    ).optional(),
};

const namespace = z.strictObject(PARTS, { error: FIELDS_ABOVE }).superRefine((given, context) => {
    for (const field of ["labels", "annotations"] as const) {
        if (given.existing !== true || Object.keys(given[field] ?? {}).length === 0) continue;
        const message = "nothing here, because existing is true: the program does not change somebody else's namespace";
        context.addIssue({ code: "custom", path: [field], message });
    }
});

/** Owner, labels and annotations of one of the program's namespaces. */
export const NAMESPACE_POLICY_SCHEMA = namespace.transform((given): NamespacePolicy => ({
    ...PLAIN_NAMESPACE,
    ...(given as Partial<NamespacePolicy>),
}));

const only = namespace.optional().meta({
    description: "for this namespace only: a field here replaces the common field",
    whole: true,
});

/** The setting of the namespaces that are the program's own. */
export const OWN_NAMESPACE_FIELDS = {
    ownNamespaces: {
        expected: `an object with existing, labels and annotations for all namespaces of the program, and with ${OWN_NAMESPACES.join(", ")} for those that differ`,
        next: "write it like { labels: { team: platform }, istio: { existing: true } }",
        schema: z.strictObject({
            ...PARTS,
            ...(Object.fromEntries(OWN_NAMESPACES.map((name) => [name, only])) as Record<OwnNamespace, typeof only>),
        }),
        default: {},
    },
} as const satisfies Record<string, Field>;

/**
 * The policy of every namespace: its own field replaces the common field; nothing is written on somebody else's
 * namespace.
 */
export function completeNamespaces(given: object): Record<OwnNamespace, NamespacePolicy> {
    const fields = given as Partial<NamespacePolicy> & Partial<Record<OwnNamespace, Partial<NamespacePolicy>>>;
    const all = Object.fromEntries(Object.entries(fields).filter(([name]) => name in PLAIN_NAMESPACE));
    return Object.fromEntries(
        OWN_NAMESPACES.map((name) => {
            const policy = { ...PLAIN_NAMESPACE, ...all, ...fields[name] };
            return [name, policy.existing ? EXISTING_NAMESPACE : policy];
        }),
    ) as Record<OwnNamespace, NamespacePolicy>;
}
