import assert from "node:assert/strict";
import { FIELDS } from "../../../../components/settings/fields";
import { createAuthority } from "../../../../shared/certificates/x509";
import { problemsOf, settingsOf } from "./helpers";
import { ACCEPTED_MESH, REFUSED_MESH } from "./meshValues";

const ADDRESS = "jaeger-collector.istio-system.svc.cluster.local";
const CA_PEM = createAuthority("test").certificatePem;
const LONG_LABEL = "a".repeat(64);

const REFUSED: Record<string, string[]> = {
    samplingPercent: [
        "-1",
        "100.01",
        "0.001",
        "NaN",
        "ten",
        "",
        " 5",
        "1e2",
        "+5",
        "Infinity",
        "0x10",
        "101",
        "1,5",
        "00100",
    ],
    collectorAddress: [
        ADDRESS,
        `http://${ADDRESS}:4317`,
        `${ADDRESS}:0`,
        `${ADDRESS}:65536`,
        `${ADDRESS}:-1`,
        `${ADDRESS}:x`,
        `${ADDRESS}:`,
        ":4317",
        " ",
        `${ADDRESS}:4317/path`,
        "[::1]:4317",
        "[0:0::1]:4317",
        "[otel.example.com]:4317",
        "2001:db8::7:4317",
        "127.0.0.1:4317",
        "0.0.0.0:4317",
        "10.0.0.256:4317",
        "10.1.2:4317",
        `user@${ADDRESS}:4317`,
        `${LONG_LABEL}.istio-system.svc.cluster.local:4317`,
    ],
    "collector.protocol": ["grpc", "", "OTLP-GRPC"],
    "collector.path": [
        ...["v1/traces", "//v1/traces", "/v1//traces", "/v1/../traces", "/./traces", "/v1/traces?key=hidden", "/a b"],
        ...["/v1/traces#x", "http://otel.example.com/v1/traces", "/%2e", `/${"a".repeat(200)}`],
    ],
    collectorHeaders: [
        '{"":"x"}',
        '{"a b":"x"}',
        '{":path":"x"}',
        '{"grpc-timeout":"1S"}',
        '{"Host":"x"}',
        '{"x-key":""}',
        '{"x-key":" x"}',
        '{"x-key":"a\\nb"}',
        '{"x-key":"\u00e4"}',
        '{"x-key":5}',
        "[]",
        "secret",
    ],
    "collector.tls": [
        '{"ca":""}',
        '{"ca":"publik"}',
        '{"ca":"configmap:"}',
        '{"ca":"configmap:a/b"}',
        '{"ca":true}',
        '{"ca":"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"}',
        JSON.stringify({ ca: `${CA_PEM}-----BEGIN PRIVATE KEY-----` }),
        '{"serverName":"otel.example.com"}',
        '{"ca":"public","serverName":"10.1.2.3"}',
        '{"ca":"public","insecure":true}',
        "true",
    ],
    "jaeger.deploy": ["yes", "", "False"],
    ui: ['{"mode":"route"}', '{"host":5}', '{"tls":[]}', '{"mdoe":"gateway"}', "gateway", "null"],
    uiBasicAuth: ['{"username":"anna"}', '{"username":"anna","password":12345678901234}', '"anna:geheim-geheim"', "[]"],
    "istio.version": ["1.31", "1.27.9", "latest", "", "v1.31.1", "2.0.0"],
    "istio.chartSource": ["", "ftp://charts.example.com", "https://", "./does-not-exist"],
    "istio.chartAccess": ["[]", '{"user":"reader"}', '{"caFile":""}', '{"caFile":"no/such.pem"}', '{"username":"a:b"}'],
    istioChartPassword: [" geheim", "geheim\n", "x".repeat(16_385)],
    certManagerChartPassword: [" geheim", "geheim\n", "x".repeat(16_385)],
    "istio.hub": ["https://docker.io/istio", "docker.io/istio/pilot@sha256:0", "", "docker.io/istio "],
    images: [
        '{"jaeger":"jaegertracing/jaeger"}',
        '{"jaeger":5}',
        '{"jeager":"x:1"}',
        "[]",
        "not json",
        '"x:1"',
        "null",
    ],
    imageRegistry: ["https://mirror.example.com", "mirror.example.com/"],
    imagePullPolicy: ["always", "", "Sometimes"],
    "istio.namespace": ["", "Istio", "a_b", "-a", "a-", LONG_LABEL, "kube-mesh", "default", "a.b"],
    "demo.namespace": ["", "Demo", LONG_LABEL, "kube-system", "default"],
    clusterDomain: ["", "cluster..local", "-x", "Cluster.local"],
    "demo.traceContext": ["both", "", "Client"],
    "demo.intervalSeconds": ["0", "0.05", "3600.1", "-1", "5s", "NaN", ""],
    ownNamespaces: [
        "[]",
        '{"existing":"maybe"}',
        '{"namespace":{}}',
        '{"istio":{"existing":true,"annotations":{"a":"b"}}}',
        '{"labels":{"istio-injection":"enabled"}}',
        '{"annotations":{"pulumi.com/skipAwait":"true"}}',
    ],
    pods: [
        "[]",
        "jaeger",
        '{"nodeselector":{}}',
        '{"labels":{"app":"x"}}',
        '{"labels":{"a":null}}',
        '{"labels":{"a":1.5}}',
        '{"tolerations":[{}]}',
        '{"tolerations":[{"key":"a","effect":"NoSchedule","tolerationSeconds":1}]}',
        '{"priorityClassName":"a b"}',
        '{"imagePullSecrets":"login"}',
        '{"jaeger":{"jaeger":{}}}',
    ],
    "jaeger.storage": [
        "[]",
        "badger",
        '{"type":"Badger"}',
        '{"type":"cassandra"}',
        '{"type":"badger"}',
        '{"type":"badger","size":10}',
        '{"type":"badger","size":"10"}',
        '{"type":"badger","size":"1023Mi"}',
        '{"type":"badger","size":"10Gi","storageClass":"Fast SSD"}',
        '{"type":"badger","size":"10Gi","retentionHours":0}',
        '{"type":"badger","size":"10Gi","retentionHours":8761}',
        '{"type":"badger","size":"10Gi","retentionHours":1.5}',
        '{"type":"badger","size":"10Gi","retentionHours":"3d"}',
        '{"type":"badger","size":"10Gi","path":"/data"}',
        '{"type":"badger","size":"10Gi","username":"jaeger"}',
        '{"type":"memory","size":"10Gi"}',
        '{"size":"10Gi"}',
        '{"type":"memory","retentionHours":24}',
        '{"type":"memory","serverUrls":["https://es.example.com:9200"]}',
        '{"type":"elasticsearch"}',
        '{"type":"elasticsearch","serverUrls":[]}',
        '{"type":"elasticsearch","serverUrls":"https://es.example.com:9200"}',
        '{"type":"elasticsearch","serverUrls":["es.example.com:9200"]}',
        '{"type":"elasticsearch","serverUrls":["ftp://es.example.com"]}',
        '{"type":"elasticsearch","serverUrls":["https://user:hunter2@es.example.com"]}',
        '{"type":"elasticsearch","serverUrls":["https://es.example.com:99999"]}',
        '{"type":"elasticsearch","serverUrls":["https://es.example.com/${env:X}"]}',
        '{"type":"elasticsearch","serverUrls":["https://es.example.com"],"size":"1Gi"}',
        '{"type":"elasticsearch","serverUrls":["https://es.example.com"],"retentionHours":24}',
        '{"type":"opensearch","serverUrls":["https://es.example.com"],"indexPrefix":"Prod"}',
        '{"type":"opensearch","serverUrls":["https://es.example.com"],"username":"a:b"}',
        '{"type":"opensearch","serverUrls":["https://es.example.com"],"password":"hunter2"}',
        '{"type":"opensearch","serverUrls":["https://es.example.com"],"tls":{"ca":"none"}}',
    ],
    jaegerStoragePassword: [" hunter2", "hunter2\n", "p\u00e4ss", "x".repeat(1001)],
    "jaeger.maxTraces": ["99", "10000001", "1.5", "many", " ", "99999999999999999999"],
    "jaeger.config": ["[]", "text", "null", '{"receiver":{}}', '{"service":[]}', '{"processors":"batch"}'],
    resources: [
        '{"jaeger":{"limits":{"memory":"12Q"}}}',
        '{"jaeger":{"limits":{"memory":"-1Gi"}}}',
        '{"jaeger":{"limits":{"memory":1024}}}',
        '{"jaeger":{"requests":{"cpu":"0"}}}',
        '{"jaeger":{"limit":{}}}',
        '{"envoy":{}}',
        "{",
        "[]",
    ],
    readyTimeoutSeconds: ["9", "3601", "5m", "", "60.5"],
    helmAtomic: ["yes", "", "1"],
    "istio.keepCrds": ["no", "", "0"],
    "istio.install": ["no", "", "0"],
    "istio.provider": ["", "a b", "a".repeat(254)],
    "istio.revision": ["1.31", "Canary", "-a", LONG_LABEL],
    "istio.rootNamespace": ["Mesh", "a.b", "mesh/istio", LONG_LABEL],
    "istio.ambient": ["", "allow", "sidecars", "true"],
    "istio.adopted": ["[]", "istiod", "null"],
    "istio.adoptedState": ["", "gone", "Traced"],
    "istio.cni": ["[]", "install", "null"],
    "istio.values": ["[]", "text", "null"],
    ...REFUSED_MESH,
};

const ACCEPTED: Record<string, string[]> = {
    samplingPercent: ["0", "100", "0.01", "99.99", "100.00", "1"],
    collectorAddress: ["", "otel.example.com:443", "10.1.2.3:4317", "[2001:db8::7]:4317", "3.otel.example.com:65535"],
    collectorHeaders: ['{"Authorization":"Bearer a b%","x_scope-ID":"1"}', `{"x-key":"${"k".repeat(8192)}"}`],
    "collector.tls": ["{}"],
    ui: ["{}", '{"mode":"none"}', '{"jaegerAccess":"mesh"}'],
    uiBasicAuth: ["{}"],
    "istio.version": ["1.31.0", "1.28.0", "1.32.0-rc.1"],
    "istio.chartSource": ["https://charts.example.com/istio", "oci://ghcr.io/istio/release/charts"],
    "istio.chartAccess": ["{}"],
    istioChartPassword: [""],
    certManagerChartPassword: [""],
    "istio.hub": ["registry.example.com:5000/istio", "docker.io/istio"],
    images: ['{"jaeger":"cr.example.com:5000/jaeger:2.13.0"}', `{"backend":"echo@sha256:${"0".repeat(64)}"}`],
    imageRegistry: ["", "mirror.example.com/docker.io"],
    "istio.namespace": [],
    "demo.namespace": ["shop", "a".repeat(63)],
    "demo.intervalSeconds": ["0.1", "3600", "2.5"],
    ownNamespaces: [
        "{}",
        '{"existing":"false","labels":{"pod-security.kubernetes.io/warn":"restricted"}}',
        '{"labels":{"team":"a"},"demo":{"existing":true}}',
    ],
    pods: [
        "{}",
        '{"nodeSelector":{"kubernetes.io/arch":"arm64","gpu":false,"empty":""}}',
        '{"tolerations":[{"operator":"Exists"},{"key":"a.b/c"},{"key":"a","effect":"NoExecute","tolerationSeconds":"60"}]}',
        `{"labels":{"${"a".repeat(63)}":"${"b".repeat(63)}"},"annotations":{"note":"Any text: äöü, {}"}}`,
        '{"priorityClassName":"","imagePullSecrets":[],"istiod":{"priorityClassName":"system-cluster-critical"}}',
    ],
    "jaeger.storage": [
        "{}",
        '{"type":"memory"}',
        '{"type":"badger","size":"1Gi"}',
        '{"type":"badger","size":"1.5Ti","storageClass":"fast.ssd","retentionHours":8760}',
        '{"type":"badger","size":"10Gi","retentionHours":"1"}',
        '{"type":"elasticsearch","serverUrls":["https://es-0.example.com:9200/path","https://es-1.example.com"]}',
        '{"type":"opensearch","serverUrls":["http://opensearch.logging:9200"],"indexPrefix":"prod_1"}',
    ],
    "jaeger.maxTraces": ["", "100", "10000000"],
    readyTimeoutSeconds: ["10", "3600"],
    resources: ['{"istiod":{"requests":{"cpu":"0.25","memory":"1Gi"}}}'],
    ...ACCEPTED_MESH,
};

describe("every setting by itself", () => {
    for (const [key, values] of Object.entries(REFUSED)) {
        for (const value of values) {
            it(`refuses ${key} ${JSON.stringify(value.slice(0, 40))} and names the setting`, () => {
                const problems = problemsOf({ [key]: value });
                assert.equal(problems.length, 1, JSON.stringify(problems));
                assert.match(problems[0]?.key ?? "", new RegExp(`^${key}(\\.|$)`));
            });
        }
    }

    for (const [key, values] of Object.entries(ACCEPTED)) {
        for (const value of values) {
            it(`accepts ${key} ${JSON.stringify(value.slice(0, 40))}`, () => {
                settingsOf({ [key]: value });
            });
        }
    }

    it("has a refused value in this test for every setting", () => {
        assert.deepEqual(Object.keys(REFUSED).sort(), Object.keys(FIELDS).sort());
    });
});
