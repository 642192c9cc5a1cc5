import type { BadConfiguration } from "./refusal";

const own = (value: unknown, more: Record<string, string> = {}): Record<string, string> => ({
    ownNamespaces: JSON.stringify(value),
    ...more,
});
const RESTRICTED = { labels: { "pod-security.kubernetes.io/enforce": "restricted" } };
const ENFORCE = "labels.pod-security.kubernetes.io/enforce";

/** What cannot be said of the program's own namespaces. */
export const BAD_OWN_NAMESPACES: BadConfiguration[] = [
    ["own namespaces as a list", { ownNamespaces: "[]" }, "ownNamespaces", /for all namespaces of the program/],
    ["an unknown namespace", own({ shop: {} }), "ownNamespaces.shop", /istio, demo, doctor, gateway, certManager/],
    ["a flag that is none", own({ demo: { existing: "yes" } }), "ownNamespaces.demo.existing", /true or false/],
    [
        "labels of a namespace of somebody else's",
        own({ demo: { existing: true, labels: { team: "a" } } }),
        "ownNamespaces.demo.labels",
        /nothing here, because existing is true/,
    ],
    ...["istio-injection", "istio.io/rev"].map((label): BadConfiguration => [
        `the label ${label}`,
        own({ demo: { labels: { [label]: "x" } } }),
        `ownNamespaces.demo.labels.${label}`,
        /neither the program nor Istio/,
    ]),
    [
        "a Pod Security level that refuses the demo's sidecars",
        own({ demo: RESTRICTED }),
        `ownNamespaces.demo.${ENFORCE}`,
        /istio\.cni\.mode is none/,
    ],
    [
        "a Pod Security level that refuses Jaeger's sidecar",
        own({ istio: RESTRICTED }, { ui: '{"jaegerAccess":"mesh"}' }),
        `ownNamespaces.istio.${ENFORCE}`,
        /Jaeger has a sidecar/,
    ],
];
