import type { BadConfiguration } from "./refusal";

const pods = (value: unknown, more: Record<string, string> = {}): Record<string, string> => ({
    pods: JSON.stringify(value),
    ...more,
});
const chart = (value: unknown): Record<string, string> => ({ istio: JSON.stringify({ values: value }) });
const tolerated = (...tolerations: unknown[]): Record<string, string> => pods({ tolerations });
const term = (term: unknown): Record<string, string> =>
    pods({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } });
const expression = (expression: unknown): Record<string, string> =>
    pods({
        affinity: {
            nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                    nodeSelectorTerms: [{ matchExpressions: [expression] }],
                },
            },
        },
    });
const NODE = "pods.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
const POD = "pods.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0";

const BAD_LABELS: BadConfiguration[] = [
    ["a label with a blank", pods({ labels: { "a b": "x" } }), "pods.labels.a b", /letters, digits, - _ \./],
    [
        "a label with two slashes",
        pods({ labels: { "a/b/c": "x" } }),
        "pods.labels.a/b/c",
        /optionally after a DNS name and \//,
    ],
    [
        "a prefix in capitals",
        pods({ labels: { "Team/x": "a" } }),
        "pods.labels.Team/x",
        /optionally after a DNS name and \//,
    ],
    ["a value that ends in a dash", pods({ labels: { team: "a-" } }), "pods.labels.team", /at most 63/],
    ["a value of 64", pods({ labels: { team: "a".repeat(64) } }), "pods.labels.team", /at most 63/],
    ["a fraction as a value", pods({ nodeSelector: { disk: 1.5 } }), "pods.nodeSelector.disk", /quote numbers/],
    ["a list of labels", pods({ labels: ["team"] }), "pods.labels", /by key/],
    ...["app", "istio", "app.kubernetes.io/name", "sidecar.istio.io/inject", "istio.io/rev"].map(
        (key): BadConfiguration => [
            `the label ${key}`,
            pods({ labels: { [key]: "x" } }),
            `pods.labels.${key}`,
            /neither the program nor Istio/,
        ],
    ),
    ...["proxy.istio.io/config", "prometheus.io/scrape", "istio-tracing/config-hash", "pulumi.com/skipAwait"].map(
        (key): BadConfiguration => [
            `the annotation ${key}`,
            pods({ jaeger: { annotations: { [key]: "x" } } }),
            `pods.jaeger.annotations.${key}`,
            /neither the program nor Istio/,
        ],
    ),
    [
        "annotations beyond what an object may have",
        pods({ annotations: { note: "a".repeat(200_000) } }),
        "pods.annotations",
        /at most 131072 characters/,
    ],
];

const BAD_TOLERATIONS: BadConfiguration[] = [
    ["one toleration without its list", pods({ tolerations: { key: "a" } }), "pods.tolerations", /a list of/],
    ["a toleration as text", tolerated("dedicated"), "pods.tolerations.0", /key, operator, value/],
    ["an unknown operator", tolerated({ key: "a", operator: "In" }), "pods.tolerations.0.operator", /Equal or Exists/],
    ["an unknown effect", tolerated({ key: "a", effect: "Evict" }), "pods.tolerations.0.effect", /NoExecute/],
    ["Equal without a key", tolerated({ value: "a" }), "pods.tolerations.0.key", /the operator Exists/],
    [
        "Exists with a value",
        tolerated({ key: "a", operator: "Exists", value: "b" }),
        "pods.tolerations.0.value",
        /no value/,
    ],
    [
        "seconds without NoExecute",
        tolerated({ key: "a", effect: "NoSchedule", tolerationSeconds: 60 }),
        "pods.tolerations.0.tolerationSeconds",
        /nothing unless effect is NoExecute/,
    ],
    [
        "negative seconds",
        tolerated({ key: "a", effect: "NoExecute", tolerationSeconds: -1 }),
        "pods.tolerations.0.tolerationSeconds",
        /from 0 to/,
    ],
];

const BAD_AFFINITY: BadConfiguration[] = [
    ["affinity as text", pods({ affinity: "nodes" }), "pods.affinity", /nodeAffinity, podAffinity/],
    ["a misspelt affinity", pods({ affinity: { nodeaffinity: {} } }), "pods.affinity.nodeaffinity", /nodeSelector/],
    ["a term that selects no node", expression(undefined), `${NODE}.0.matchExpressions.0`, /key, operator/],
    ["In without values", expression({ key: "a", operator: "In" }), `${NODE}.0.matchExpressions.0.values`, /one value/],
    [
        "Exists with values",
        expression({ key: "a", operator: "Exists", values: ["b"] }),
        `${NODE}.0.matchExpressions.0.values`,
        /no values/,
    ],
    [
        "Gt with a word",
        expression({ key: "a", operator: "Gt", values: ["b"] }),
        `${NODE}.0.matchExpressions.0.values`,
        /whole number/,
    ],
    ["a pod term without a topology key", term({ labelSelector: {} }), `${POD}.topologyKey`, /letters, digits/],
    [
        "a weight of 0",
        pods({
            affinity: {
                nodeAffinity: {
                    preferredDuringSchedulingIgnoredDuringExecution: [
                        { weight: 0, preference: { matchExpressions: [{ key: "a", operator: "Exists" }] } },
                    ],
                },
            },
        }),
        "pods.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.weight",
        /1 to 100/,
    ],
];

/** What the program cannot put on its pods, or what something else decides. */
export const BAD_PODS: BadConfiguration[] = [
    ["pods as a list", { pods: "[]" }, "pods", /for all pods of the program/],
    ["an unknown workload", pods({ zipkin: {} }), "pods.zipkin", /istiod, cni, jaeger, prometheus/],
    [
        "an unknown field of a workload",
        pods({ istiod: { nodeSelectors: {} } }),
        "pods.istiod.nodeSelectors",
        /nodeSelector/,
    ],
    ["a PriorityClass in capitals", pods({ priorityClassName: "High" }), "pods.priorityClassName", /PriorityClass/],
    ["a pull secret as an object", pods({ imagePullSecrets: [{ name: "a" }] }), "pods.imagePullSecrets.0", /Secret/],
    ["a pull secret twice", pods({ imagePullSecrets: ["a", "a"] }), "pods.imagePullSecrets", /each once/],
    ...BAD_LABELS,
    ...BAD_TOLERATIONS,
    ...BAD_AFFINITY,
    [
        "a node selector here and another in the chart's values",
        pods({ nodeSelector: { disk: "ssd" } }, chart({ nodeSelector: { disk: "hdd" } })),
        "istio.values.nodeSelector.disk",
        /"ssd", which the program decides/,
    ],
    [
        "tolerations here and others in the chart's values",
        pods({ tolerations: [{ operator: "Exists" }] }, chart({ tolerations: [{ key: "a", operator: "Exists" }] })),
        "istio.values.tolerations",
        /which the program decides/,
    ],
    [
        "a PriorityClass here and another in the chart's values",
        pods({ priorityClassName: "high" }, chart({ global: { priorityClassName: "low" } })),
        "istio.values.global.priorityClassName",
        /"high"/,
    ],
];
