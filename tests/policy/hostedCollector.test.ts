import assert from "node:assert/strict";
import { destinationRule, judge, provider, serviceEntry } from "./collectorObjects";

const HTTP = "http: { path: /v1/traces, timeout: 3s }";

describe("a hosted collector behind port 443", () => {
    const entry = (protocol: string): string =>
        serviceEntry("traces.example.com", "istio-system", `{ number: 443, name: out, protocol: ${protocol} }`);
    const simple = destinationRule("traces.example.com", "tls: { mode: SIMPLE }");
    const named = provider("traces.example.com", 443, "opentelemetry", HTTP);

    it("takes OTLP over HTTP by TLS that sidecars start, whose port is an advice", () => {
        for (const protocol of ["HTTPS", "HTTP", "TLS"]) {
            const { rules, violations } = judge(named, entry(protocol), simple);
            assert.deepEqual(rules, ["collector-port-own"], protocol);
            assert.equal(violations[0]?.severity, "warning");
        }
    });

    it("takes nothing in plain text, whatever number the mesh has for it", () => {
        for (const protocol of ["HTTP", "HTTPS", "TLS"]) {
            const { rules, violations } = judge(named, entry(protocol));
            assert.deepEqual(rules, ["collector-port-served"], protocol);
            assert.match(violations[0]?.cure ?? "", /Add a DestinationRule for traces\.example\.com/);
        }
        const ports = "{ number: 8443, name: http, protocol: HTTP, targetPort: 443 }";
        const { violations } = judge(
            provider("traces.example.com", 8443, "opentelemetry", HTTP),
            serviceEntry("traces.example.com", "istio-system", ports),
        );
        assert.match(violations[0]?.expected ?? "", /TLS to traces\.example\.com, whose port 443/);
    });

    it("takes OTLP over gRPC only through a port that is marked so", () => {
        const grpc = provider("traces.example.com", 443);
        assert.deepEqual(judge(grpc, entry("HTTPS"), simple).rules, ["collector-port-served", "collector-port-own"]);
        assert.deepEqual(judge(grpc, entry("GRPC"), simple).rules, ["collector-port-own"]);
    });
});
