import assert from "node:assert/strict";
import { OUTSIDE_COLLECTOR_PORT } from "../../../../components/collector";
import type { CollectorProtocol } from "../../../../shared/names/ports";
import {
    headerVariable,
    renderMeshConfig,
    renderProxyConfig,
    TRACING_PROVIDER,
} from "../../../../components/render/meshConfig";
import { renderNamespaceTelemetrySpec, renderTelemetrySpec } from "../../../../components/render/telemetry";

const collector = {
    host: "jaeger-collector.istio-system.svc.cluster.local",
    port: 4317,
    protocol: "otlp-grpc",
} as const;

interface Sent {
    grpc?: { initialMetadata: object[] };
    http?: { headers: object[] };
    headers?: object[];
}
interface Mesh {
    extensionProviders: { name: string; opentelemetry: { service: string; port: number } }[];
    accessLogFormat: string;
    accessLogFile: string;
    defaultConfig: { tracing: object };
}
const mesh = (istioVersion = "1.31.1", protocol: CollectorProtocol = "otlp-grpc", headerNames: string[] = []): Mesh =>
    renderMeshConfig({
        collector: { ...collector, protocol },
        namespace: "istio-system",
        headerNames,
        istioVersion,
    }) as unknown as Mesh;

describe("the mesh configuration", () => {
    it("sends spans to the collector of the settings", () => {
        assert.deepEqual(mesh().extensionProviders, [
            { name: TRACING_PROVIDER, opentelemetry: { service: collector.host, port: collector.port } },
        ]);
    });

    it("names an outside collector with the namespace of its ServiceEntry, by the ServiceEntry's port", () => {
        const outside = { ...collector, host: "otel.example.com", port: 443, outsideAddress: "otel.example.com" };
        const rendered = renderMeshConfig({
            collector: outside,
            namespace: "mesh",
            headerNames: [],
            istioVersion: "1.31.1",
        });
        assert.deepEqual((rendered as unknown as Mesh).extensionProviders[0]?.opentelemetry, {
            service: "mesh/otel.example.com",
            port: OUTSIDE_COLLECTOR_PORT,
        });
    });

    it("sends headers by every protocol, with their values out of istiod's environment", () => {
        const header = { name: "x-key", envName: headerVariable("x-key") };
        const [grpc, http, zipkin] = (["otlp-grpc", "otlp-http", "zipkin"] as const).map(
            (protocol) => mesh("1.31.1", protocol, ["x-key"]).extensionProviders[0] as unknown as Record<string, Sent>,
        );
        assert.deepEqual(grpc?.["opentelemetry"]?.grpc?.initialMetadata, [header]);
        assert.deepEqual(http?.["opentelemetry"]?.http?.headers, [header]);
        assert.deepEqual(zipkin?.["zipkin"]?.headers, [header]);
    });

    it("posts spans to the collector's own path, where it has one", () => {
        const path = "/otlp/v1/traces";
        const provider = (protocol: CollectorProtocol): Record<string, { path?: string; http?: { path?: string } }> =>
            (
                renderMeshConfig({
                    ...{ collector: { ...collector, protocol, path }, namespace: "istio-system" },
                    ...{ headerNames: [], istioVersion: "1.31.1" },
                }) as unknown as Mesh
            ).extensionProviders[0] as unknown as ReturnType<typeof provider>;
        assert.equal(provider("otlp-http")["opentelemetry"]?.http?.path, path);
        assert.equal(provider("zipkin")["zipkin"]?.path, path);
    });

    it("gives OTLP over HTTP its path and its timeout, without which nothing arrives or nothing works", () => {
        assert.deepEqual(mesh("1.31.1", "otlp-http").extensionProviders[0]?.opentelemetry, {
            service: collector.host,
            port: collector.port,
            http: { path: "/v1/traces", timeout: "3s" },
        });
    });

    it("lets Zipkin understand clients that send W3C as well as those that send B3", () => {
        assert.match(JSON.stringify(mesh("1.31.1", "zipkin").extensionProviders), /USE_B3_WITH_W3C_PROPAGATION/);
    });

    it("takes the span id from the B3 header with Zipkin, whose tracer fills no operator", () => {
        assert.match(mesh("1.31.1", "zipkin").accessLogFormat, /span_id=%REQ\(X-B3-SPANID\)%/);
    });

    it("sets none of the legacy tracing fields", () => {
        assert.deepEqual(mesh().defaultConfig.tracing, {});
        assert.doesNotMatch(JSON.stringify(mesh()), /"zipkin"|"sampling"/i);
    });

    it("logs method, path, code, trace id and span id of every request to stdout", () => {
        const { accessLogFile, accessLogFormat } = mesh();
        assert.equal(accessLogFile, "/dev/stdout");
        for (const operator of ["%REQ(:METHOD)%", ":PATH)%", "%RESPONSE_CODE%", "%TRACE_ID%", "%SPAN_ID%"]) {
            assert.ok(accessLogFormat.includes(operator), operator);
        }
        assert.ok(accessLogFormat.endsWith("\n"));
    });

    it("leaves the span id out for proxies that would reject their listeners over it", () => {
        assert.doesNotMatch(mesh("1.29.5").accessLogFormat, /SPAN_ID/);
        assert.match(mesh("1.30.0").accessLogFormat, /SPAN_ID/);
    });
});

describe("what a sidecar reads at start-up", () => {
    const matcher = (): RegExp => {
        const config = renderProxyConfig(collector) as { proxyStatsMatcher: { inclusionRegexps: string[] } };
        return new RegExp(`^${config.proxyStatsMatcher.inclusionRegexps[0] ?? ""}$`);
    };

    it("keeps the statistics of the collector's cluster, whatever its port", () => {
        assert.match(`cluster.outbound|4317||${collector.host};.upstream_rq_503`, matcher());
        assert.match(`cluster.outbound|14317||${collector.host}.upstream_rq_503`, matcher());
        assert.doesNotMatch("cluster.outbound|80||backend.demo.svc.cluster.local;.upstream_rq_200", matcher());
        assert.doesNotMatch(`cluster.outbound|4317||${collector.host}x.upstream_rq_503`, matcher());
    });

    it("does not change with the protocol, so that a new one restarts no pod", () => {
        assert.deepEqual(renderProxyConfig(collector), renderProxyConfig({ ...collector, protocol: "zipkin" }));
    });

    it("does not change with the port, so that a new port restarts no pod", () => {
        assert.deepEqual(renderProxyConfig(collector), renderProxyConfig({ ...collector, port: 14317 }));
    });
});

describe("the mesh-wide Telemetry", () => {
    interface Spec {
        tracing: { providers: { name: string }[]; randomSamplingPercentage: number; disableSpanReporting: boolean }[];
    }
    const only = (percent: number): Spec["tracing"][number] => {
        const { tracing } = renderTelemetrySpec(percent, "1.31.1") as unknown as Spec;
        assert.equal(tracing.length, 1);
        return tracing[0] as Spec["tracing"][number];
    };

    it("carries the rate beside the provider and not below it", () => {
        assert.equal(only(0.5).randomSamplingPercentage, 0.5);
        assert.deepEqual(only(0.5).providers, [{ name: TRACING_PROVIDER }]);
    });

    it("leaves a URL's query out of spans where the proxy can, and out of the access log", () => {
        const team = { literal: { value: "shop" } };
        assert.match(JSON.stringify(only(1)), /"http.url":\{"formatter":\{"value":"[^"]*PATH\(NQ/);
        assert.doesNotMatch(JSON.stringify(renderTelemetrySpec(1, "1.29.4")), /customTags/);
        assert.match(
            JSON.stringify(renderNamespaceTelemetrySpec({ customTags: { team } }, "1.31.1")),
            /http\.url.*team/,
        );
        assert.match(mesh().accessLogFormat, /%REQ_WITHOUT_QUERY\(/);
    });

    it("switches span reporting off at 0 and only there", () => {
        assert.equal(only(0).disableSpanReporting, true);
        assert.equal(only(0.01).disableSpanReporting, false);
    });
});
