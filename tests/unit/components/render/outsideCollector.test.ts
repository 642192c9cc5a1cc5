import assert from "node:assert/strict";
import { collectorAt, NAMELESS_COLLECTOR_HOST, OUTSIDE_COLLECTOR_PORT } from "../../../../components/collector";
import type { CollectorProtocol } from "../../../../shared/names/ports";
import { renderDestinationRuleSpec, renderServiceEntrySpec } from "../../../../components/render/outsideCollector";

interface Spec {
    hosts: string[];
    location: string;
    ports: { number: number; targetPort: number; protocol: string }[];
    resolution: string;
    endpoints?: { address: string }[];
    exportTo: string[];
}
const entry = (host: string, protocol: CollectorProtocol = "otlp-grpc", port = 443): Spec =>
    renderServiceEntrySpec(collectorAt({ host, port }, protocol, "cluster.local"), host) as unknown as Spec;

describe("the ServiceEntry of an outside collector", () => {
    it("lets sidecars resolve a name", () => {
        const { hosts, resolution, endpoints, location } = entry("otel.example.com");
        assert.deepEqual([hosts, resolution, endpoints], [["otel.example.com"], "DNS", undefined]);
        assert.equal(location, "MESH_EXTERNAL");
    });

    it("gives an address a name that nobody needs to resolve", () => {
        const { hosts, resolution, endpoints } = entry("10.1.2.3");
        assert.equal(hosts.length, 1);
        assert.notEqual(hosts[0], "10.1.2.3");
        assert.deepEqual([resolution, endpoints], ["STATIC", [{ address: "10.1.2.3" }]]);
    });

    it("speaks gRPC for otlp-grpc and HTTP for the others", () => {
        const spoken = (["otlp-grpc", "otlp-http", "zipkin"] as const).map(
            (protocol) => entry("otel.example.com", protocol).ports[0]?.protocol,
        );
        assert.deepEqual(spoken, ["GRPC", "HTTP", "HTTP"]);
    });

    it("does not take the collector's own port from the applications", () => {
        const [port] = entry("otel.example.com").ports;
        assert.deepEqual([port?.number, port?.targetPort], [OUTSIDE_COLLECTOR_PORT, 443]);
    });

    it("is visible to every namespace", () => {
        assert.deepEqual(entry("10.1.2.3").exportTo, ["*"]);
    });
});

describe("TLS to the collector", () => {
    interface Rule {
        host: string;
        trafficPolicy: { tls: { mode: string; sni?: string; subjectAltNames: string[]; credentialName?: unknown } };
    }
    const rule = (host: string, serverName?: string): Rule =>
        renderDestinationRuleSpec(
            collectorAt({ host, port: 443 }, "otlp-grpc", "cluster.local"),
            { ca: "public", ...(serverName !== undefined && { serverName }) },
            undefined,
        ) as unknown as Rule;

    it("asks for the collector's own name and accepts a certificate for that name alone", () => {
        const { host, trafficPolicy } = rule("otel.example.com");
        assert.equal(host, "otel.example.com");
        assert.deepEqual(trafficPolicy.tls, {
            mode: "SIMPLE",
            sni: "otel.example.com",
            subjectAltNames: ["otel.example.com"],
        });
    });

    it("accepts a certificate for the IP address, which no client may ask for by name", () => {
        const { host, trafficPolicy } = rule("10.1.2.3");
        assert.equal(host, NAMELESS_COLLECTOR_HOST);
        assert.deepEqual(trafficPolicy.tls, { mode: "SIMPLE", subjectAltNames: ["10.1.2.3"] });
    });

    it("asks for another name where the certificate has one", () => {
        const { sni, subjectAltNames } = rule("10.1.2.3", "otel.example.com").trafficPolicy.tls;
        assert.deepEqual([sni, subjectAltNames], ["otel.example.com", ["otel.example.com"]]);
    });
});
