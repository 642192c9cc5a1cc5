import type { BadConfiguration } from "./refusal";

const EXISTING = { "istio.install": "false" };
const GATEWAY = {
    "ui.mode": "gateway",
    "ui.host": "traces.example.com",
    uiBasicAuth: '{"username":"anna","password":"long enough for everybody"}',
};

/** Settings of an Istio that the program installs beside one that is there already, and the other way round. */
export const BAD_EXISTING_MESH: BadConfiguration[] = [
    ["a word that is neither true nor false", { "istio.install": "no" }, "istio.install", /true .* or false/],
    ["a provider with a blank", { ...EXISTING, "istio.provider": "my provider" }, "istio.provider", /without blanks/],
    ["a tag with a dot as revision", { ...EXISTING, "istio.revision": "1.31" }, "istio.revision", /not a tag/],
    ["a root namespace in capitals", { ...EXISTING, "istio.rootNamespace": "Mesh" }, "istio.rootNamespace", /a-z/],
    ["a provider of the own Istio", { "istio.provider": "jaeger" }, "istio.provider", /istio\.install is true/],
    ["an ambient mesh of the own Istio", { "istio.ambient": "sidecarsOnly" }, "istio.ambient", /install is true/],
    [
        "pods of istiod beside it",
        { ...EXISTING, pods: '{"istiod":{"labels":{"a":"b"}}}' },
        "pods.istiod",
        /where its pods/,
    ],
    [
        "the own namespace beside it",
        { ...EXISTING, ownNamespaces: '{"istio":{"labels":{"a":"b"}}}' },
        "ownNamespaces.istio",
        /its owner/,
    ],
    ["a rollback of charts beside it", { ...EXISTING, helmAtomic: "true" }, "helmAtomic", /no chart/],
    ["a root namespace of the own Istio", { "istio.rootNamespace": "mesh" }, "istio.rootNamespace", /install is true/],
    [
        "a version of another's Istio",
        { ...EXISTING, "istio.version": "1.30.0" },
        "istio.version",
        /image of its istiod/,
    ],
    ["a registry of another's Istio", { ...EXISTING, "istio.hub": "mirror.example.com/istio" }, "istio.hub", /images/],
    ["copies of another's istiod", { ...EXISTING, "istio.replicas.min": "2" }, "istio.replicas", /copies of istiod/],
    [
        "mutual TLS of another's mesh",
        { ...EXISTING, "istio.mtlsMode": "STRICT" },
        "istio.mtlsMode",
        /PeerAuthentication/,
    ],
    ["CRDs of another's mesh", { ...EXISTING, "istio.keepCrds": "false" }, "istio.keepCrds", /never touches its CRDs/],
    [
        "values of another's istiod",
        { ...EXISTING, "istio.values": '{"env":{"A":"b"}}' },
        "istio.values.env",
        /only global\.platform/,
    ],
    [
        "values beside the platform",
        { ...EXISTING, "istio.values": '{"global":{"platform":"openshift","logAsJson":true}}' },
        "istio.values.global",
        /only global\.platform/,
    ],
    ["the CNI agent of another's mesh", { ...EXISTING, "istio.cni.mode": "install" }, "istio.cni.mode", /its owner/],
    ["the size of another's istiod", { ...EXISTING, resources: '{"istiod":{}}' }, "resources.istiod", /its installer/],
    ["the size of another's sidecars", { ...EXISTING, resources: '{"proxy":{}}' }, "resources.proxy", /its installer/],
    [
        "headers of another's provider",
        { ...EXISTING, collectorAddress: "10.1.2.3:4317", collectorHeaders: '{"x-key":"v"}' },
        "collectorHeaders",
        /its provider holds the headers/,
    ],
    [
        "a path of another's provider",
        {
            ...{ ...EXISTING, collectorAddress: "10.1.2.3:4318", "collector.protocol": "otlp-http" },
            "collector.path": "/team/v1/traces",
        },
        "collector.path",
        /its provider holds the path/,
    ],
    [
        "a certificate that needs another's istiod to answer",
        {
            ...EXISTING,
            ...GATEWAY,
            "ui.tls": '{"mode":"certManager","issuer":{"type":"acme","email":"a@example.com"}}',
        },
        "ui.tls.issuer.solvers",
        /ingressClass/,
    ],
];
