import { z } from "zod";
import { dnsLabel, type Field } from "./field";

const TAG = "a revision tag: 1 to 43 of a-z, 0-9 and -, starting and ending with a letter or digit";
const TAGS = "a list of at most 20 revision tags, each once";

/** The setting of the stable names of a revision. */
export const REVISION_FIELDS = {
    "istio.revisionTags": {
        meaning:
            "Revision tags: stable names with which namespaces select the control plane that the program installs. " +
            "Its own namespaces, and each of namespaces with injection enabled, use the first tag; with default " +
            "among the tags, they use the label istio-injection.",
        expected: `${TAGS}, each 1 to 43 of a-z, 0-9 and -`,
        next: 'write it like ["stable"]',
        schema: z
            // The Service istiod-revision-tag-TAG must fit into 63 characters.
            .array(z.string({ error: TAG }).regex(dnsLabel, { error: TAG }).max(43, { error: TAG }), { error: TAGS })
            .max(20, { error: TAGS })
            .refine((tags) => new Set(tags).size === tags.length, { error: TAGS }),
        default: [],
    },
} as const satisfies Record<string, Field>;
