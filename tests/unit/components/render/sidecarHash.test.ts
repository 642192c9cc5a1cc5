import assert from "node:assert/strict";
import { ENRICHMENT, templateReads } from "../../../../components/render/injectionReads";
import { INJECTION_INPUTS, sidecarHash } from "../../../../components/render/sidecarHash";
import { deepMerge, type PlainObject } from "../../../../shared/values/plainObjects";

const BASE: PlainObject = { meshConfig: { extensionProviders: [{ name: "tracing", opentelemetry: { port: 4317 } }] } };

/** `{ a: { b: value } }` for `a.b`. */
function valueAt(path: string, value: unknown): PlainObject {
    return path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as PlainObject;
}

const hashWith = (extra: PlainObject): string => sidecarHash(deepMerge(BASE, extra));
const providers = (...list: PlainObject[]): PlainObject => ({ meshConfig: { extensionProviders: list } });
const enriched = (value: unknown): PlainObject => ({ opentelemetry: { serviceAttributeEnrichment: value } });

describe("the hash that rolls injected pods", () => {
    it("changes with every value that injection reads", () => {
        for (const path of INJECTION_INPUTS.filter((one) => one !== ENRICHMENT))
            assert.notEqual(hashWith(valueAt(path, "another")), sidecarHash(BASE), path);
    });

    it("changes when metrics are no longer merged, which pods carry as annotations", () => {
        assert.notEqual(hashWith({ meshConfig: { enablePrometheusMerge: false } }), sidecarHash(BASE));
    });

    it("changes when the first provider describes pods to OpenTelemetry, and not with the second", () => {
        const [one, two] = [enriched("OTEL_SEMANTIC_CONVENTIONS"), enriched(1)];
        assert.notEqual(hashWith(providers(one)), sidecarHash(BASE));
        assert.equal(hashWith(providers(one)), hashWith(providers({ name: "x" }, one, two)));
        assert.equal(hashWith(providers(one)), hashWith(providers(two)));
        assert.equal(hashWith(providers(enriched("NONE"))), sidecarHash(BASE));
    });

    it("stays with values beside those that injection reads", () => {
        for (const path of [
            "meshConfig.accessLogFile",
            "meshConfig.outboundTrafficPolicy.mode",
            "sidecarInjectorWebhook.reinvocationPolicy",
            "global.proxy.waypoint",
            "cni.chained",
            "env.PILOT_ENABLE_ALPN_FILTER",
            "gateways.istio-egressgateway",
        ])
            assert.equal(hashWith(valueAt(path, "another")), sidecarHash(BASE), path);
    });

    it("changes with what a template of the user's own reads, and with nothing else", () => {
        const template = "metadata: { labels: { mode: '{{ .MeshConfig.OutboundTrafficPolicy.Mode }}' } }";
        const own = { sidecarInjectorWebhook: { templates: { mine: template } } };
        const withMode = valueAt("meshConfig.outboundTrafficPolicy.mode", "ALLOW_ANY");
        assert.notEqual(hashWith(deepMerge(own, withMode)), hashWith(own));
        assert.equal(hashWith(deepMerge(own, valueAt("meshConfig.accessLogFile", "/dev/null"))), hashWith(own));
    });
});

describe("what an injection template reads", () => {
    it("are the values that it names, in each way to name them", () => {
        const reads: [string, string[]][] = [
            ["{{ .Values.global.hub }}", ["global.hub"]],
            ["{{- $.Values.global.proxy.image }}", ["global.proxy.image"]],
            ["{{ (.Values.pilot.env).SOME_FLAG }}", ["env.SOME_FLAG"]],
            ["{{ if (.Values.global.a) }}{{ .b }}{{ end }}", ["global.a"]],
            ["{{ .Values.pilot.cni.enabled }}", ["cni.enabled"]],
            ["{{ toYaml .Values.pilot }}", ["cni", "env"]],
            ["{{ .MeshConfig.GetTrustDomain }}", ["meshConfig.trustDomain"]],
            ["{{ toJSON .MeshConfig }}", ["meshConfig"]],
            ["{{ otelResourceAttributes .MeshConfig .ObjectMeta.Annotations }}", [ENRICHMENT]],
            ["{{ .ProxyConfig.Concurrency }}", ["meshConfig.defaultConfig"]],
            ["{{/* .Values.global.old */}}{{ .ObjectMeta.Labels }}", []],
        ];
        for (const [template, paths] of reads) assert.deepEqual(templateReads(template), paths, template);
    });

    it("are all values where it takes them as a whole", () => {
        assert.ok(templateReads("{{ toYaml .Values }}").includes("global"));
    });
});
