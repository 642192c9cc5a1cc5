import assert from "node:assert/strict";
import fc from "fast-check";
import { chartsOf } from "../../../../checks/manifest/charts";
import { inlineValues } from "../../../../checks/manifest/inlineValues";
import { unresolvedOf } from "../../../../checks/manifest/unresolved";
import { readMeshConfigs } from "../../../../checks/mesh/configuration";
import { protocolOf } from "../../../../checks/mesh/servicePorts";
import { isSecretHeader } from "../../../../checks/telemetry/secretHeaders";
import { isInjected } from "../../../../checks/workload/injection";
import { podTemplateOf } from "../../../../checks/workload/podTemplates";
import { environmentOf } from "../../../../policy/environment";
import { judge } from "../../../../policy/rule";
import { RULES } from "../../../../policy/rules";
import { parseYaml } from "../../../../policy/yaml";
import { resourceName, type Manifest } from "../../../../shared/kubernetes/manifest";

const KINDS = [
    ["v1", "Service ConfigMap Namespace Pod Secret"],
    ["apps/v1", "Deployment DaemonSet"],
    ["telemetry.istio.io/v1", "Telemetry"],
    ["networking.istio.io/v1", "DestinationRule ServiceEntry VirtualService"],
    ["security.istio.io/v1", "PeerAuthentication AuthorizationPolicy"],
    ["helm.sh/v3", "Release"],
    ["argoproj.io/v1alpha1", "Application ApplicationSet"],
    ["helm.toolkit.fluxcd.io/v2", "HelmRelease"],
    ["helm.cattle.io/v1", "HelmChart HelmChartConfig"],
    ["opentelemetry.io/v1beta1", "OpenTelemetryCollector"],
    ["jaegertracing.io/v1", "Jaeger"],
    ["sailoperator.io/v1", "Istio"],
    ["networking.k8s.io/v1", "Ingress"],
] as const;
const KEYS = (
    "spec metadata name namespace labels annotations selector tracing providers ports port data mesh values meshConfig " +
    "extensionProviders opentelemetry service http template containers image resources host hosts rules " +
    "source sources helm valuesObject valueFiles parameters valuesContent valuesFrom chart chartRef config receivers " +
    "pipelines traces otlp protocols grpc endpoint extension_providers default_config"
).split(" ");

/** Objects of the kinds that rules read, with fields that they read, of any shape. */
function anyManifest(): fc.Arbitrary<Manifest> {
    const { value } = fc.letrec<{ value: unknown; map: unknown }>((tie) => ({
        map: fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 6 }),
        value: fc.oneof(
            { depthSize: "small" },
            fc.constantFrom(null, true, 4317, "istio", "istiod", "a: [b", "*", ""),
            fc.array(tie("value"), { maxLength: 3 }),
            tie("map"),
        ),
    }));
    const kinds = KINDS.flatMap(([apiVersion, names]) => names.split(" ").map((kind) => ({ apiVersion, kind })));
    return fc
        .tuple(fc.constantFrom(...kinds), fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 6 }))
        .map(([kind, fields]) => ({ ...fields, ...kind }));
}

describe("manifests of any shape", () => {
    it("crash no rule, and every finding has all of its parts", () => {
        fc.assert(
            fc.property(fc.array(anyManifest(), { maxLength: 4 }), (objects) => {
                const inlined = inlineValues(objects, parseYaml);
                assert.equal(inlined.length, objects.length);
                unresolvedOf(inlined);
                for (const rule of RULES) {
                    for (const { resource, expected, got, cure } of judge(rule, inlined, {}))
                        for (const part of [resource, expected, got, cure]) assert.ok(part.length > 0);
                }
            }),
            { numRuns: 500 },
        );
    });
});

describe("the environment of a stack", () => {
    it("is what was said, else the strictest word of its name, else the strictest of all", () => {
        assert.equal(environmentOf("dev", undefined), "dev");
        assert.equal(environmentOf("eu-ci-2", undefined), "ci");
        assert.equal(environmentOf("device", undefined), "prod");
        assert.equal(environmentOf("staging", undefined), "prod");
        assert.equal(environmentOf("dev-production", undefined), "prod");
        assert.equal(environmentOf("test-dev", undefined), "ci");
        assert.equal(environmentOf("dev", "prod"), "prod");
        assert.throws(() => environmentOf("dev", "Prod"), /expected the environment dev, ci, prod, got "Prod"/);
    });
});

describe("what rules read of objects", () => {
    it("is the protocol of a port as Istio takes it", () => {
        assert.equal(protocolOf({ name: "otlp-grpc" }), undefined);
        assert.equal(protocolOf({ name: "grpc-web-ui" }), "grpc-web");
        assert.equal(protocolOf({ name: "http", appProtocol: "kubernetes.io/h2c" }), "http2");
        assert.equal(protocolOf({ name: "http", appProtocol: "example.com/own" }), undefined);
    });

    it("is the mesh configuration, wherever it stands, and what istiod reads where it stands twice", () => {
        const config = { extensionProviders: [{ name: "a" }] };
        const release = {
            ...{ apiVersion: "helm.sh/v3", kind: "Release", metadata: { name: "istiod", namespace: "istio-system" } },
            spec: { chart: "./charts/istiod", values: { meshConfig: config } },
        };
        const live = {
            ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "istio-canary", namespace: "istio-system" } },
            data: { mesh: "rootNamespace: istio-config" },
        };
        const operator = {
            ...{ apiVersion: "install.istio.io/v1alpha1", kind: "IstioOperator", metadata: { name: "o" } },
            spec: { meshConfig: config },
        };
        const sail = {
            ...{ apiVersion: "sailoperator.io/v1", kind: "Istio", metadata: { name: "default" } },
            spec: { namespace: "istio-system", values: { meshConfig: config } },
        };
        const names = (objects: Manifest[]) => readMeshConfigs(objects, parseYaml).map(({ resource }) => resource);
        assert.deepEqual(names([release]), ["Release istio-system/istiod"]);
        const canary = { ...release, spec: { ...release.spec, values: { revision: "canary", meshConfig: config } } };
        assert.deepEqual(names([canary, live]), ["ConfigMap istio-system/istio-canary"]);
        assert.deepEqual(names([release, live]), [
            "Release istio-system/istiod",
            "ConfigMap istio-system/istio-canary",
        ]);
        assert.deepEqual(names([operator]), ["IstioOperator o"]);
        assert.deepEqual(names([sail]), ["Istio default"]);
        assert.equal(readMeshConfigs([live], parseYaml)[0]?.rootNamespace, "istio-config");
        assert.equal(readMeshConfigs([operator], parseYaml)[0]?.rootNamespace, "istio-system");
    });

    it("is whether a pod gets a sidecar, as far as its labels and its namespace tell", () => {
        const pod = (labels: Manifest, spec: Manifest = {}) =>
            podTemplateOf({ kind: "Pod", metadata: { labels }, spec }) ?? assert.fail();
        const namespace = (labels: Manifest) => ({ kind: "Namespace", metadata: { labels } });
        const enabled = namespace({ "istio-injection": "enabled" });
        const inject = "sidecar.istio.io/inject";
        assert.equal(isInjected(pod({}), enabled), true);
        assert.equal(isInjected(pod({}), namespace({ "istio.io/rev": "canary" })), true);
        assert.equal(isInjected(pod({}), namespace({})), false);
        assert.equal(isInjected(pod({}), undefined), undefined);
        assert.equal(isInjected(pod({ [inject]: "true" }), namespace({})), true);
        assert.equal(isInjected(pod({ [inject]: "true" }), namespace({ "istio-injection": "disabled" })), false);
        assert.equal(isInjected(pod({ [inject]: "false" }), enabled), false);
        assert.equal(isInjected(pod({}, { hostNetwork: true }), enabled), false);
    });

    it("is a header that holds a credential by its usual names", () => {
        for (const name of ["Authorization", "x-api-key", "X-Auth-Token", "session_id", "DB_PASSWORD", "set-cookie"])
            assert.ok(isSecretHeader(name), name);
        for (const name of ["x-request-id", "user-agent", "x-tokenizer", "x-user-id"])
            assert.ok(!isSecretHeader(name), name);
    });

    it("is the chart that Flux or Argo CD installs", () => {
        const flux = {
            ...{
                apiVersion: "helm.toolkit.fluxcd.io/v2",
                kind: "HelmRelease",
                metadata: { name: "a", namespace: "b" },
            },
            spec: { targetNamespace: "c", chart: { spec: { chart: "istiod", version: "1.31.1" } } },
        };
        assert.deepEqual(chartsOf(flux)[0]?.namespace, "c");
        assert.deepEqual(chartsOf({ kind: "Service", apiVersion: "v1" }), []);
        assert.equal(resourceName({}), "object ");
    });
});
