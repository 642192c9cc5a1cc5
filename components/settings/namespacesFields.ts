import { z } from "zod";
import type { CustomTag, NamespaceTracing } from "../namespaceTracing";
import { DEFAULT_INJECTION } from "../revision";
import { dnsLabel, numeric, type Field } from "./field";

const PERCENT = "a number from 0 to 100 in steps of 0.01 (percent of new traces)";
const NAMESPACE =
    "the name of an existing namespace: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit, not " +
    'starting with "kube-"';
const TAG =
    "exactly one of literal: { value }, environment: { name } and header: { name }, the last two optionally with " +
    "a defaultValue, each as text that is not empty";
const TAGS = "at least one tag, or no customTags at all";
const TAG_NAME = "a tag name of 1 to 100 letters, digits and . _ - /";
/** Words by which people mean to switch injection on or off, and which Istio would take for the name of a revision. */
const NO_REVISIONS = [
    ...["always", "disable", "disabled", "enable", "false", "inject", "injected", "injection", "never", "no"],
    ...["null", "off", "on", "true", "undefined", "yes"],
];
const INJECTION =
    "enabled, none, or the name of a revision: 1 to 63 of a-z, 0-9 and -, and no word such as disabled or false; with " +
    "none, the namespace's labels stay as they are";
const PROVIDER = "the name of an extension provider, as text";

const text = (form: RegExp, error: string): z.ZodString => z.string({ error }).regex(form, { error });
const filled = text(/^\S([^\p{Cc}]{0,254}\S)?$/u, TAG);
const percent = numeric(/^(0|[1-9]\d{0,2})(\.\d{1,2})?$/, 0, 100, PERCENT);

const customTag = z
    .strictObject(
        {
            literal: z.strictObject({ value: filled }, { error: TAG }).optional(),
            environment: z.strictObject({ name: filled, defaultValue: filled.optional() }, { error: TAG }).optional(),
            header: z.strictObject({ name: filled, defaultValue: filled.optional() }, { error: TAG }).optional(),
        },
        { error: TAG },
    )
    // A kind that is not known says so by itself.
    .refine((tag) => Object.keys(tag).length === 1, { error: TAG, when: ({ issues }) => issues.length === 0 });

/** What may be said of a namespace that somebody else owns, and its name. */
export const NAMESPACE_SCHEMAS = {
    name: text(/^(?!kube-)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, NAMESPACE),
    customTags: z
        .record(text(/^[A-Za-z0-9._/-]{1,100}$/, TAG_NAME), customTag, { error: TAGS })
        .refine((tags) => Object.keys(tags).length > 0, { error: TAGS })
        .transform((tags) => tags as Record<string, CustomTag>),
    provider: text(/^\S{1,253}$/, PROVIDER),
    injection: text(dnsLabel, INJECTION).refine((name) => !NO_REVISIONS.includes(name), { error: INJECTION }),
};

const namespaceTracing = z.strictObject({
    samplingPercent: percent.optional(),
    customTags: NAMESPACE_SCHEMAS.customTags.optional(),
    provider: NAMESPACE_SCHEMAS.provider.optional(),
    injection: NAMESPACE_SCHEMAS.injection.default(DEFAULT_INJECTION),
});

/** The setting that says which namespaces of others are traced. */
export const NAMESPACES_FIELDS = {
    namespaces: {
        expected:
            "an object of existing namespaces by name, each with any of samplingPercent, customTags, " +
            "provider and injection, or {}",
        next: "write it like shop: { samplingPercent: 5, customTags: { team: { literal: { value: shop } } } }",
        schema: z
            .record(NAMESPACE_SCHEMAS.name, namespaceTracing)
            .transform((namespaces) => namespaces as Record<string, NamespaceTracing>),
        default: {},
    },
} as const satisfies Record<string, Field>;
