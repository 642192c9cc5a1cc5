import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { resolveIstio, type IstioArgs } from "../../../components/istio";
import { assertRefused, circular, nested, refusalsOf } from "./refusals";

const LEAST: IstioArgs = { namespace: "istio-system" };
const refusals = (args: object) => refusalsOf(() => resolveIstio("mesh", { ...LEAST, ...args }));
const keys = (args: object): string[] => refusals(args).map(({ key }) => key);
const COLLECTOR = { host: "otel.obs.svc.cluster.local", port: 4317, protocol: "otlp-grpc" };

describe("Istio", () => {
    it("needs nothing but a namespace, and sends spans to the Jaeger in it", () => {
        const { collector, clusterDomain, imagePullPolicy } = resolveIstio("mesh", { namespace: "mesh-system" });
        assert.deepEqual(collector, {
            ...{ host: "jaeger-collector.mesh-system.svc.cluster.local", port: 4317, protocol: "otlp-grpc" },
        });
        assert.deepEqual([clusterDomain, imagePullPolicy], ["cluster.local", "IfNotPresent"]);
        assert.deepEqual(
            refusalsOf(() => resolveIstio("mesh", {} as IstioArgs)).map(({ key, got }) => [key, got]),
            [["namespace", "nothing"]],
        );
        assert.throws(() => resolveIstio("mesh", undefined as unknown as IstioArgs), /namespace/);
    });

    it("refuses what is empty, out of range, huge or of another type", () => {
        assertRefused(resolveIstio, LEAST, {
            namespace: ["", "default", "kube-system", "A", "a".repeat(64), 5, null, pulumi.output("istio-system")],
            version: ["", "latest", "1.27.9", "1.31", 1.31],
            chartSource: ["", "https://user:password@example.com", "ftp://example.com", "/no/such/folder"],
            hub: ["", "https://example.com", "a".repeat(1000)],
            imagePullPolicy: ["", "Sometimes", true],
            istiodReplicas: [{ min: 0, max: 5 }, { min: 1, max: 51 }, { min: 1.5, max: 2 }, "3", 3, null],
            mtlsMode: ["", "DISABLE", "strict"],
            clusterDomain: ["", "-", "cluster..local", `a.${"b".repeat(200)}`],
            istiodResources: [
                {},
                { requests: {}, limits: { cpu: 2 } },
                { requests: { cpu: "lots" }, limits: {} },
                "2Gi",
            ],
            istiodValues: ["a: b", [], nested(100), nested(10_000), circular(), { a: "x".repeat(10), "": 1 }],
            readyTimeoutSeconds: [9, 3601, 10.5, NaN, Infinity, -300, "300", 300n],
            helmAtomic: ["true", 1],
        });
    });

    it("refuses a collector to which no sidecar could send", () => {
        assertRefused(resolveIstio, LEAST, {
            collector: [
                {},
                "otel.obs.svc.cluster.local:4317",
                ...[0, 65536, 4317.5, NaN, "4317"].map((port) => ({ ...COLLECTOR, port })),
                ...["", "jaeger", "otel.obs", "otel.obs.svc", "otel.obs.svc.other.domain", "a b", "10.0.0.1"].map(
                    (host) => ({ ...COLLECTOR, host }),
                ),
                { ...COLLECTOR, protocol: "jaeger" },
                { ...COLLECTOR, outsideAddress: "127.0.0.1" },
                { ...COLLECTOR, host: "otel.example.com", outsideAddress: "http://otel.example.com" },
                { ...COLLECTOR, path: "/v1/traces" },
                { ...COLLECTOR, protocol: "otlp-http", path: "v1/traces" },
                { ...COLLECTOR, tls: {} },
                { ...COLLECTOR, tls: { ca: "-----BEGIN" } },
                { ...COLLECTOR, path: "/v1/traces" },
                { ...COLLECTOR, host: "jaeger-collector.istio-system.svc.cluster.local", port: 9411 },
            ],
        });
    });

    it("takes a collector outside of the cluster, and one of a cluster with another domain", () => {
        const outside = {
            host: "otel.example.com",
            port: 443,
            protocol: "otlp-grpc",
            outsideAddress: "otel.example.com",
        };
        assert.deepEqual(resolveIstio("mesh", { ...LEAST, collector: outside } as IstioArgs).collector, outside);
        const elsewhere = { ...COLLECTOR, host: "otel.obs.svc.k8s.example" };
        const args = { ...LEAST, clusterDomain: "k8s.example", collector: elsewhere } as IstioArgs;
        assert.deepEqual(resolveIstio("mesh", args).collector, elsewhere);
    });

    it("refuses arguments that contradict each other, under their own names and those of the settings", () => {
        assert.deepEqual(keys({ istiodReplicas: { min: 3, max: 2 } }), [
            "istiodReplicas.min (setting istio.replicas.min)",
        ]);
        const proxyResources = { requests: { cpu: "2" }, limits: { cpu: "1" } };
        assert.deepEqual(keys({ proxyResources }), [
            "proxyResources.requests.cpu (setting resources.proxy.requests.cpu)",
        ]);
        assert.deepEqual(keys({ chartSource: "/no/such" }), ["chartSource (setting istio.chartSource)"]);
        const zipkin = { collector: { ...COLLECTOR, port: 9411, protocol: "zipkin" }, version: "1.28.0" };
        assert.deepEqual(keys({ ...zipkin, collectorHeaders: { "x-key": "a" } }), ["collectorHeaders"]);
    });

    it("refuses chart values that fight the arguments", () => {
        assert.deepEqual(keys({ istiodValues: { global: { hub: "example.com" } } }), [
            "istiodValues.global.hub (setting istio.values.global.hub)",
        ]);
        assert.deepEqual(keys({ istiodValues: { traceSampling: 100 } }), [
            "istiodValues.traceSampling (setting istio.values.traceSampling)",
        ]);
        const value = pulumi.output("example.com");
        assert.deepEqual(keys({ istiodValues: { global: { hub: value } } }), [
            "istiodValues.global.hub (setting istio.values.global.hub)",
        ]);
        assert.equal(
            resolveIstio("mesh", { ...LEAST, istiodValues: { env: { A: value } } }).extra["env"] !== null,
            true,
        );
    });

    it("takes headers that other resources decide, and shows the value of none", () => {
        const collectorHeaders = { authorization: pulumi.secret("geheim"), "x-key": "a" };
        assert.deepEqual(resolveIstio("mesh", { ...LEAST, collectorHeaders }).headerNames, ["authorization", "x-key"]);
        for (const headers of [{ "x-key": "geheim " }, { "grpc-key": "geheim" }, { host: "geheim" }, "geheim"]) {
            assert.doesNotMatch(JSON.stringify(refusals({ collectorHeaders: headers })), /geheim/);
        }
    });

    it("names the argument that a misspelt one is near to", () => {
        const [problem] = refusals({ istiodReplica: { min: 1, max: 1 } });
        assert.deepEqual([problem?.key, problem?.next], ["istiodReplica", 'did you mean "istiodReplicas"?']);
    });
});
