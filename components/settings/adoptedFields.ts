import { z } from "zod";
import { CHOICE_NEXT, dnsLabel, type Field } from "./field";

/** Helm's own limit: https://helm.sh/docs/chart_best_practices/conventions/ */
const RELEASE_NAME = /^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$/;
const CHART_VERSION = /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]{1,60})?$/;

const release = z.strictObject({
    name: z.string({ error: "the name of a Helm release" }).regex(RELEASE_NAME, "the name of a Helm release"),
    namespace: z.string({ error: "a namespace" }).regex(dnsLabel, "a namespace"),
    version: z
        .string({ error: "the version of a chart, as text" })
        .regex(CHART_VERSION, "the version of a chart, as text"),
    values: z.record(z.string(), z.unknown()).default({}),
});

/** The settings of an Istio that `npm run adopt` has added to the stack. The command writes them. */
export const ADOPTED_FIELDS = {
    "istio.adopted": {
        meaning:
            "The Helm releases of an Istio that npm run adopt has added to the stack: `istiod` and `base`, each with " +
            "`name`, `namespace`, chart `version` and its owner's `values`. npm run adopt writes it.",
        expected: "an object with istiod and base, each with name, namespace, version and values, or {}",
        next: "let npm run adopt write it (docs/existing-mesh.md)",
        schema: z
            .strictObject({ istiod: release.optional(), base: release.optional() })
            .refine(({ istiod, base }) => base === undefined || istiod !== undefined, {
                error: "an object with istiod, to which base belongs",
            }),
        default: {},
    },
    "istio.adoptedState": {
        meaning:
            "`traced`: the adopted release sends spans. `restored`: it has its owner's values, and pulumi destroy leaves it " +
            "as it is. npm run adopt -- --undo sets it.",
        expected: "traced (the release has the tracing provider) or restored (it has its owner's values)",
        next: CHOICE_NEXT,
        schema: z.enum(["traced", "restored"]),
        default: "traced",
    },
} as const satisfies Record<string, Field>;
