import type { BadConfiguration } from "./refusal";

const cni = (value: unknown, values: object = {}, more: Record<string, string> = {}): Record<string, string> => ({
    istio: JSON.stringify({ cni: value, values }),
    ...more,
});
const chart = (values: object): Record<string, string> => cni({ mode: "install", values });
const OPENSHIFT = { global: { platform: "openshift" } };
const ENFORCE = "pod-security.kubernetes.io/enforce";
const RESTRICTED = { labels: { [ENFORCE]: "restricted" } };

/** What cannot be said of Istio's CNI plugin. */
export const BAD_CNI: BadConfiguration[] = [
    ["the plugin as a word", cni("install"), "istio.cni", /mode, namespace, binDir/],
    ["an unknown field of the plugin", cni({ binDirectory: "/a" }), "istio.cni.binDirectory", /mode, namespace/],
    ["an unknown mode", cni({ mode: "enabled" }), "istio.cni.mode", /none, installed or install/],
    ["a namespace in capitals", cni({ mode: "install", namespace: "Kube" }), "istio.cni.namespace", /a-z, 0-9/],
    ...["opt/cni/bin", "/", "/opt/../etc", "/opt/cni bin", "/opt//cni", `/${"a".repeat(250)}`].map(
        (path): BadConfiguration => [
            `the folder ${path.slice(0, 20)}`,
            cni({ mode: "install", binDir: path }),
            "istio.cni.binDir",
            /an absolute path on the nodes/,
        ],
    ),
    ["an unknown provider", cni({ mode: "install", provider: "calico" }), "istio.cni.provider", /default or multus/],
    ["values as a list", cni({ mode: "install", values: [] }), "istio.cni.values", /cni chart/],
    ["a namespace of an agent that is not installed", cni({ namespace: "a" }), "istio.cni.namespace", /nothing unless/],
    ["values of a chart that is not installed", cni({ mode: "installed", values: {} }), "istio.cni.values", /install/],
    ["a provider without the plugin", cni({ provider: "multus" }), "istio.cni.provider", /nothing unless/],
    ["no plugin on OpenShift", cni({ mode: "none" }, OPENSHIFT), "istio.cni.mode", /openshift/],
    [
        "no plugin here and one in the chart's values",
        cni({ mode: "none" }, { cni: { enabled: true } }),
        "istio.cni.mode",
        /istio\.values\.cni\.enabled is true/,
    ],
    [
        "the plugin here and none in the chart's values",
        cni({ mode: "install" }, { cni: { enabled: false } }),
        "istio.values.cni.enabled",
        /true, which the program decides/,
    ],
    [
        "Multus off on OpenShift",
        cni({ mode: "install", provider: "default" }, OPENSHIFT),
        "istio.cni.provider",
        /multus/,
    ],
    ["another folder in the chart's values", chart({ cniBinDir: 7, cni: {} }), "istio.cni.values.cni", /no such value/],
    [
        "two folders",
        cni({ mode: "install", binDir: "/opt/a", values: { cniBinDir: "/opt/b" } }),
        "istio.cni.values.cniBinDir",
        /"\/opt\/a", which the program decides/,
    ],
    ["another image of the agent", chart({ image: "mine" }), "istio.cni.values.image", /no such value/],
    ["another hub of the agent", chart({ global: { hub: "x" } }), "istio.cni.values.global.hub", /docker\.io\/istio/],
    [
        "a platform of the agent alone",
        chart({ global: { platform: "k3s" } }),
        "istio.cni.values.global.platform",
        /no such value/,
    ],
    [
        "a priority of the agent, which its chart fixes",
        { pods: JSON.stringify({ cni: { priorityClassName: "high" } }) },
        "pods.cni.priorityClassName",
        /Istio's chart fixes it/,
    ],
    [
        "a folder of charts without that of the plugin",
        { istio: JSON.stringify({ chartSource: "/nowhere", cni: { mode: "install" } }) },
        "istio.chartSource",
        /base and istiod and cni/,
    ],
    [
        "a Pod Security level that refuses the agent",
        {
            ...cni({ mode: "install", namespace: "istio-system" }),
            ownNamespaces: JSON.stringify({ istio: RESTRICTED }),
        },
        `ownNamespaces.istio.labels.${ENFORCE}`,
        /istio\.cni\.namespace names this namespace/,
    ],
];
