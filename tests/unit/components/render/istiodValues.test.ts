import assert from "node:assert/strict";
import { headerVariable } from "../../../../components/render/meshConfig";
import {
    renderHeaderValue,
    renderIstiodValues,
    type IstiodValuesSpec,
} from "../../../../components/render/istiodValues";
import { sidecarHash } from "../../../../components/render/sidecarHash";
import { PLAIN_PODS } from "../../../../components/pods";
import { DEFAULT_RESOURCES } from "../../../../components/resources";

interface Values {
    logAsJson?: boolean;
    meshConfig: { enableTracing: boolean; outboundTrafficPolicy?: object; extensionProviders: { name: string }[] };
}

const spec: IstiodValuesSpec = {
    collector: { host: "jaeger-collector.istio-system.svc.cluster.local", port: 4317, protocol: "otlp-grpc" },
    headerNames: [],
    istioVersion: "1.31.1",
    namespace: "istio-system",
    revision: "",
    revisionTags: [],
    clusterDomain: "cluster.local",
    hub: "docker.io/istio",
    imagePullPolicy: "IfNotPresent",
    istiodReplicas: { min: 1, max: 5 },
    istiodResources: DEFAULT_RESOURCES.istiod,
    proxyResources: DEFAULT_RESOURCES.proxy,
    pods: PLAIN_PODS,
    extra: {},
};
const values = (over: Partial<IstiodValuesSpec> = {}): Values =>
    renderIstiodValues({ ...spec, ...over }) as unknown as Values;
const hash = (over: Partial<IstiodValuesSpec> = {}): string => sidecarHash(renderIstiodValues({ ...spec, ...over }));

describe("the istiod chart's values", () => {
    it("merge the user's own values last and keep ours", () => {
        const merged = values({
            extra: { logAsJson: true, meshConfig: { outboundTrafficPolicy: { mode: "ALLOW_ANY" } } },
        });
        assert.equal(merged.logAsJson, true);
        assert.equal(merged.meshConfig.enableTracing, true);
        assert.deepEqual(merged.meshConfig.outboundTrafficPolicy, {
            mode: "ALLOW_ANY",
        });
    });

    it("add the user's extension providers to the tracing provider instead of replacing it", () => {
        const merged = values({ extra: { meshConfig: { extensionProviders: [{ name: "authz" }] } } });
        const names = merged.meshConfig.extensionProviders;
        assert.deepEqual(
            names.map((provider) => provider.name),
            ["tracing", "authz"],
        );
    });

    it("take the headers of export calls from a Secret, beside what the user adds to istiod's environment", () => {
        const user = { name: "MINE", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
        const merged = renderIstiodValues(
            { ...spec, headerNames: ["x-key"], extra: { envVarFrom: [user] } },
            "the-secret",
        );
        assert.deepEqual(merged["envVarFrom"], [
            { name: headerVariable("x-key"), valueFrom: { secretKeyRef: { name: "the-secret", key: "x-key" } } },
            user,
        ]);
    });

    it("keep a header value that looks like a format string as it is", () => {
        assert.equal(renderHeaderValue("a%b%REQ(:path)%"), "a%%b%%REQ(:path)%%");
    });

    it("do not change the settings that they were made of", () => {
        const extra = { meshConfig: { a: 1 } };
        values({ extra });
        assert.deepEqual(extra, { meshConfig: { a: 1 } });
    });
});

describe("the hash that rolls injected pods, of the values that the settings make", () => {
    it("changes with what a sidecar reads at start-up", () => {
        assert.notEqual(hash({ istioVersion: "1.31.2" }), hash());
        assert.notEqual(hash({ hub: "mirror.example.com/istio" }), hash());
        assert.notEqual(hash({ proxyResources: { requests: {}, limits: {} } }), hash());
        for (const extra of [
            { meshConfig: { defaultConfig: { concurrency: 1 } } },
            { meshConfig: { trustDomain: "example.com" } },
            { cni: { enabled: true } },
            { env: { ENABLE_NATIVE_SIDECARS: "false" } },
            { sidecarInjectorWebhook: { rewriteAppHTTPProbe: false } },
            { global: { proxy: { logLevel: "debug" } } },
        ]) {
            assert.notEqual(hash({ extra }), hash(), JSON.stringify(extra));
        }
    });

    it("stays with what reaches running sidecars by itself", () => {
        assert.equal(hash({ collector: { ...spec.collector, port: 5317 } }), hash());
        assert.equal(hash({ headerNames: ["x-key"] }), hash());
        assert.equal(hash({ istiodResources: { requests: {}, limits: {} } }), hash());
        for (const extra of [
            { logAsJson: true },
            { env: { PILOT_ENABLE_ALPN_FILTER: "false" } },
            { global: { configValidation: true } },
            { meshConfig: { outboundTrafficPolicy: { mode: "ALLOW_ANY" } } },
        ]) {
            assert.equal(hash({ extra }), hash(), JSON.stringify(extra));
        }
    });
});
