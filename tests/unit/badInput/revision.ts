import type { BadConfiguration } from "./refusal";

const istio = (value: object): Record<string, string> => ({ istio: JSON.stringify(value) });

/** What cannot be said of the control plane's revision. */
export const BAD_REVISIONS: BadConfiguration[] = [
    ...["Stable", "-a", "a.b", "a".repeat(64)].map((revision): BadConfiguration => [
        `the revision ${revision.slice(0, 10)}`,
        istio({ revision }),
        "istio.revision",
        /1 to 63 of a-z, 0-9 and -/,
    ]),
    ...["default", "a".repeat(57)].map((revision): BadConfiguration => [
        `an istiod of the revision ${revision.slice(0, 10)}`,
        istio({ revision }),
        "istio.revision",
        /at most 56 characters and not default/,
    ]),
    ["one tag without a list", istio({ revisionTags: "stable" }), "istio.revisionTags", /a list of at most 20/],
    ["a tag twice", istio({ revisionTags: ["a", "a"] }), "istio.revisionTags", /each once/],
    [
        "21 tags",
        istio({ revisionTags: Array.from({ length: 21 }, (_, index) => `t${String(index)}`) }),
        "istio.revisionTags",
        /at most 20/,
    ],
    ...["", "Stable", "a".repeat(44)].map((tag): BadConfiguration => [
        `the tag ${tag.slice(0, 10)}`,
        istio({ revisionTags: [tag] }),
        "istio.revisionTags.0",
        /1 to 43 of a-z/,
    ]),
    [
        "a tag with the revision's own name",
        istio({ revision: "1-31", revisionTags: ["stable", "1-31"] }),
        "istio.revisionTags.1",
        /a tag other than "1-31"/,
    ],
    [
        "the tag default for the default revision",
        istio({ revisionTags: ["default"] }),
        "istio.revisionTags.0",
        /a tag other than "default"/,
    ],
    [
        "tags of an existing Istio",
        istio({ install: false, revisionTags: ["stable"] }),
        "istio.revisionTags",
        /its owner tags its revisions/,
    ],
    [
        "a revision in the chart's values",
        istio({ values: { revision: "a" } }),
        "istio.values.revision",
        /no such value/,
    ],
    [
        "tags in the chart's values",
        istio({ values: { revisionTags: ["stable"] } }),
        "istio.values.revisionTags",
        /no such value/,
    ],
];
