import assert from "node:assert/strict";
import type { Finding } from "../../../../checks/finding";
import { checkExistingMesh, type FoundMesh, type WantedMesh } from "../../../../checks/mesh/existingMesh";
import type { ConfigMapObject, Metadata } from "../../../../shared/kubernetes/objects";

const HOST = "jaeger-collector.istio-system.svc.cluster.local";
const ENTRY = { name: "tracing", opentelemetry: { service: HOST, port: 4317 } };

const WANTED: WantedMesh = {
    namespace: "istio-system",
    revision: undefined,
    rootNamespace: undefined,
    provider: "tracing",
    entry: ENTRY,
    collector: { host: HOST, port: 4317, protocol: "otlp-grpc", isOutside: false },
    tracingProviders: {},
    authorizer: undefined,
    namespaces: [],
    provenLine: "1.31",
};

const configMap = (data: Record<string, string>, metadata: Partial<Metadata> = {}): ConfigMapObject => ({
    metadata: { name: "istio", namespace: "istio-system", ...metadata },
    data,
});

/** As istiod's injector repeats the values of its chart. */
const injector = (values: object): ConfigMapObject => configMap({ values: JSON.stringify(values) });

const HEALTHY: FoundMesh = {
    configMap: configMap({ mesh: JSON.stringify({ extensionProviders: [ENTRY] }) }),
    injector: injector({ global: { tag: "1.31.1" }, pilot: { env: {}, cni: { enabled: false } } }),
    hasTelemetryApi: true,
};

const withMesh = (mesh: object | string, metadata: Partial<Metadata> = {}): FoundMesh => ({
    ...HEALTHY,
    configMap: configMap({ mesh: typeof mesh === "string" ? mesh : JSON.stringify(mesh) }, metadata),
});
const withProvider = (settings: object): FoundMesh =>
    withMesh({ extensionProviders: [{ name: "tracing", opentelemetry: { ...ENTRY.opentelemetry, ...settings } }] });

/** The one error of a mesh that cannot be used. */
function errorOf(found: FoundMesh, wanted: Partial<WantedMesh> = {}): Finding {
    const { findings, mesh } = checkExistingMesh(found, { ...WANTED, ...wanted });
    const errors = findings.filter(({ severity }) => severity === "error");
    assert.equal(mesh, undefined);
    assert.equal(errors.length, 1, JSON.stringify(errors));
    for (const text of [errors[0]?.expected, errors[0]?.got, errors[0]?.cure]) assert.ok(text);
    return errors[0] as Finding;
}

describe("an existing Istio", () => {
    it("is used as it is, with the values by which its sidecars start", () => {
        const { findings, mesh } = checkExistingMesh(HEALTHY, WANTED);
        assert.deepEqual(findings, []);
        assert.equal(mesh?.version, "1.31.1");
        assert.equal(mesh.rootNamespace, "istio-system");
        assert.deepEqual(Object.keys(mesh.injectionValues).sort(), ["cni", "env", "global", "meshConfig", "pilot"]);
    });

    it("names its root namespace itself, unless a setting does", () => {
        const found = withMesh({ rootNamespace: "mesh-root", extensionProviders: [ENTRY] });
        assert.equal(checkExistingMesh(found, WANTED).mesh?.rootNamespace, "mesh-root");
        const wanted = { ...WANTED, rootNamespace: "other-root" };
        assert.equal(checkExistingMesh(found, wanted).mesh?.rootNamespace, "other-root");
    });

    it("has its provider by any case and spelling that istiod reads, and in any of its kinds", () => {
        const snake =
            "extension_providers:\n- name: Tracing\n  opentelemetry:\n    service: " + HOST + "\n    port: 4317\n";
        assert.equal(checkExistingMesh(withMesh(snake), WANTED).mesh?.provider, "Tracing");
        const zipkin = withMesh({ extensionProviders: [{ name: "tracing", zipkin: { service: HOST, port: 9411 } }] });
        const collector = { ...WANTED.collector, port: 9411, protocol: "zipkin" };
        assert.deepEqual(checkExistingMesh(zipkin, { ...WANTED, collector }).findings, []);
    });

    it("may have the provider in the ConfigMap that AKS leaves to its users", () => {
        const shared = configMap(
            { mesh: JSON.stringify({ extensionProviders: [ENTRY] }) },
            { name: "istio-shared-configmap-asm-1-27" },
        );
        const found = { ...withMesh({ rootNamespace: "aks-istio-system" }), shared };
        const { mesh } = checkExistingMesh(found, { ...WANTED, revision: "asm-1-27" });
        assert.equal(mesh?.rootNamespace, "aks-istio-system");
        const empty = { ...found, shared: configMap({}, { name: "istio-shared-configmap-asm-1-27" }) };
        assert.equal(errorOf(empty, { revision: "asm-1-27" }).id, "mesh-provider-exists");
    });

    it("sends spans to a collector outside the cluster by the ServiceEntry of the root namespace", () => {
        const collector = { host: "otel.example.com", port: 24317, protocol: "otlp-grpc", isOutside: true };
        const wanted = { ...WANTED, collector };
        for (const service of ["otel.example.com", "istio-system/otel.example.com"])
            assert.deepEqual(checkExistingMesh(withProvider({ service, port: 24317 }), wanted).findings, []);
        const error = errorOf(withProvider({ service: "shop/otel.example.com", port: 24317 }), wanted);
        assert.equal(error.id, "mesh-provider-collector");
    });
});

describe("an existing Istio is refused", () => {
    it("without its mesh configuration, with the command that lists the control planes", () => {
        const error = errorOf({ ...HEALTHY, configMap: undefined }, { revision: "canary" });
        assert.equal(error.id, "mesh-config-exists");
        assert.equal(error.resource, "ConfigMap istio-system/istio-canary");
        assert.match(error.cure, /kubectl get deployments -A -l app=istiod -L istio\.io\/rev/);
    });

    it("with a mesh configuration that istiod cannot read, with the place", () => {
        const error = errorOf(withMesh("extensionProviders:\n\t- name: tracing\n"));
        assert.equal(error.id, "mesh-config-readable");
        assert.match(error.got, /^line 2, column 1: a tab/);
        assert.equal(errorOf({ ...HEALTHY, configMap: configMap({}) }).got, "no key mesh");
        assert.match(errorOf(withMesh("- a\n")).got, /a list instead of fields/);
    });

    it("without Istio's Telemetry API", () => {
        assert.equal(errorOf({ ...HEALTHY, hasTelemetryApi: false }).id, "telemetry-api-served");
    });

    it("with a provider of a kind that takes no spans", () => {
        const prometheus = withMesh({ extensionProviders: [{ name: "tracing", prometheus: {} }] });
        const error = errorOf(prometheus);
        assert.equal(error.id, "mesh-provider-kind");
        assert.match(error.got, /prometheus/);
    });

    const elsewhere: [what: string, settings: object, id: string, said: RegExp][] = [
        [
            "another Service",
            { service: "zipkin.istio-system.svc.cluster.local" },
            "mesh-provider-collector",
            /collectorAddress/,
        ],
        ["another port", { port: 4318 }, "mesh-provider-collector", /collectorAddress/],
        ["no service", { service: undefined }, "mesh-provider-collector", /collectorAddress/],
        [
            "a short name",
            { service: "jaeger-collector" },
            "mesh-provider-collector",
            /service: jaeger-collector\.istio/,
        ],
        [
            "a name without domain",
            { service: "jaeger-collector.istio-system.svc" },
            "mesh-provider-collector",
            /service: /,
        ],
        ["another namespace", { service: `shop/${HOST}` }, "mesh-provider-collector", /service: /],
        ["OTLP over HTTP", { http: { path: "/v1/traces", timeout: "3s" } }, "mesh-provider-protocol", /otlp-http/],
    ];
    for (const [what, settings, id, said] of elsewhere)
        it(`with a provider that names ${what}`, () => {
            const error = errorOf(withProvider(settings));
            assert.equal(error.id, id);
            assert.match(error.cure, said);
        });

    it("with OTLP over HTTP without a timeout, which stops every sidecar", () => {
        const collector = { ...WANTED.collector, port: 4318, protocol: "otlp-http" };
        const error = errorOf(withProvider({ port: 4318, http: { path: "/v1/traces" } }), { collector });
        assert.equal(error.id, "otlp-http-complete");
    });

    it("without a provider that a namespace or the UI names", () => {
        const shop = errorOf(HEALTHY, { tracingProviders: { "namespaces.shop.provider": "other" } });
        assert.match(shop.expected, /namespaces\.shop\.provider names: other/);
        assert.equal(errorOf(HEALTHY, { authorizer: "oauth2-proxy" }).id, "mesh-provider-exists");
        assert.equal(errorOf(HEALTHY, { authorizer: "tracing" }).id, "mesh-provider-kind");
    });

    it("with selectors that leave out a namespace, and warned of where that rests on labels of others", () => {
        const found = withMesh({
            extensionProviders: [ENTRY],
            discoverySelectors: [{ matchLabels: { mesh: "on" } }],
        });
        const namespaces = [{ name: "demo", labels: { "istio-injection": "enabled" }, complete: true }];
        assert.equal(errorOf(found, { namespaces }).resource, "Namespace demo");
        const others = [{ name: "shop", labels: {}, complete: false }];
        const { findings, mesh } = checkExistingMesh(found, { ...WANTED, namespaces: others });
        assert.deepEqual([findings.map(({ id }) => id), mesh !== undefined], [["discovery-selectors-unknown"], true]);
    });

    it("where it is too old for the API, and warned of where it is older than what is proved", () => {
        const of = (tag: unknown): FoundMesh => ({ ...HEALTHY, injector: injector({ global: { tag } }) });
        assert.equal(errorOf(of("1.21.6")).got, "1.21.6");
        const warnings = ["1.30.3", "v1.29.2-1", "latest", undefined].map((tag) => {
            const { findings, mesh } = checkExistingMesh(of(tag), WANTED);
            return [findings.map(({ severity, id }) => `${severity} ${id}`).join(), mesh?.version];
        });
        const proven = "warning istio-version-proven";
        assert.deepEqual(warnings, [
            [proven, "1.30.3"],
            [proven, "1.29.2"],
            [proven, undefined],
            [proven, undefined],
        ]);
    });

    it("where it also serves ambient workloads, unless people want what has sidecars", () => {
        const ambient = injector({ global: { tag: "1.31.1" }, pilot: { env: { PILOT_ENABLE_AMBIENT: "true" } } });
        const error = errorOf({ ...HEALTHY, injector: ambient });
        assert.equal(error.id, "mesh-ambient");
        assert.match(error.cure, /only waypoints and gateways report spans.*istio\.ambient sidecarsOnly/);
        const { findings, mesh } = checkExistingMesh(
            { ...HEALTHY, injector: ambient },
            { ...WANTED, sidecarsOnly: true },
        );
        assert.deepEqual(
            findings.map(({ id, severity }) => [id, severity]),
            [["mesh-ambient", "warning"]],
        );
        assert.ok(mesh);
    });
});
