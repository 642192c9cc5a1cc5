import { z } from "zod";
import { isLabelValue, isQualifiedName } from "../../shared/kubernetes/nameForms";

const KEY =
    "a key of 1 to 63 letters, digits, - _ . that starts and ends with a letter or digit, optionally after a DNS " +
    "name and /";
const VALUE =
    "text of at most 63 letters, digits, - _ . that starts and ends with a letter or digit, or empty; quote numbers";
const MAX_ANNOTATIONS = 128 * 1024;
const TOO_LONG = `at most ${String(MAX_ANNOTATIONS)} characters in all annotations`;
const ANNOTATION = "text; quote numbers";

/** A label's or an annotation's key. */
export const QUALIFIED_NAME = z.string({ error: KEY }).refine(isQualifiedName, { error: KEY });

/**
 * The value of a label. `pulumi config set --path` writes `true` and whole numbers without quotes, so these are taken for
 * text.
 */
export const LABEL_VALUE = text(VALUE).refine(isLabelValue, { error: VALUE });

/** Labels by key. */
export function labels(meaning: string, isReserved: (key: string) => boolean = () => false) {
    return z
        .record(unreserved(isReserved), LABEL_VALUE, { error: "an object of texts by key" })
        .meta({ description: meaning, whole: true });
}

/** Annotations by key. */
export function annotations(meaning: string, isReserved: (key: string) => boolean) {
    return z
        .record(unreserved(isReserved), text(ANNOTATION), { error: "an object of texts by key" })
        .refine((all) => JSON.stringify(all).length <= MAX_ANNOTATIONS, { error: TOO_LONG })
        .meta({ description: meaning, whole: true });
}

function text(expected: string) {
    return z.union([z.string(), z.boolean(), z.int()], { error: expected }).transform(String);
}

function unreserved(isReserved: (key: string) => boolean) {
    const error = "a key that neither the program nor Istio, its charts or Pulumi use";
    return QUALIFIED_NAME.refine((key) => !isReserved(key), { error });
}
