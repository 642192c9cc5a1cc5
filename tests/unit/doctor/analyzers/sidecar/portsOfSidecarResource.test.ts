import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, objectOf, put } from "../../patient";
import { ADDRESS, silent } from "../../remediation/scenarioParts";

/** What is said of a path with a TCP listener in the source's or in the target's sidecar, beside a Sidecar resource. */
function withoutSpans(side: "outbound" | "inbound", spec: Record<string, unknown>): DoctorFinding {
    return findingOf(
        diagnosisOf((patient) => {
            silent(patient, {});
            patient.exports = { [ADDRESS]: { rq_total: 0 } };
            patient[side] = patient[side].map((chain) => ({ ...chain, kind: "tcp", tracing: undefined }));
            put(patient.discovery, "sidecars", objectOf("demo", "ports", spec));
        }),
        "service-port-protocol",
    );
}

describe("a port to which a Sidecar resource gives another protocol than its Service", () => {
    it("is mended in the Sidecar resource, for requests that arrive", () => {
        const ingress = [
            { port: { number: 9090, protocol: "TCP" }, defaultEndpoint: "127.0.0.1:9090" },
            { port: { number: 8080, protocol: "TCP" }, defaultEndpoint: "127.0.0.1:8080" },
        ];
        const workloadSelector = { labels: { app: "backend" } };
        const { resource, got, commands } = withoutSpans("inbound", { workloadSelector, ingress });
        assert.equal(resource, "Sidecar demo/ports");
        assert.match(got, /^spec\.ingress\[1\]\.port\.protocol is TCP/);
        assert.match(commands.join("\n"), /"path":"\/spec\/ingress\/1\/port\/protocol","value":"HTTP"/);
    });

    it("is mended in the Sidecar resource, for requests that leave", () => {
        const egress = [{ port: { number: 80, protocol: "tcp" }, hosts: ["./*"] }];
        const { resource, got } = withoutSpans("outbound", { egress });
        assert.equal(resource, "Sidecar demo/ports");
        assert.match(got, /^spec\.egress\[0\]\.port\.protocol is tcp/);
    });

    it("is the Service's when the Sidecar resource says HTTP, or speaks of another workload", () => {
        const http = [{ port: { number: 8080, protocol: "HTTP" } }];
        assert.match(withoutSpans("inbound", { ingress: http }).resource, /^Service demo\//);
        const ingress = [{ port: { number: 8080, protocol: "TCP" } }];
        const workloadSelector = { labels: { app: "other" } };
        assert.match(withoutSpans("inbound", { workloadSelector, ingress }).resource, /^Service demo\//);
    });

    it("is named, not annotations, where another Service has an HTTP listener for the same port", () => {
        const diagnosis = diagnosisOf((patient) => {
            const backend = patient.services.find(({ metadata }) => metadata.name === "backend");
            Object.assign(backend?.spec ?? {}, { clusterIP: "10.96.0.7" });
            const [http] = patient.outbound;
            if (http === undefined) return;
            const tcp = { ...http, listener: "10.96.0.7_80", kind: "tcp" as const, tracing: undefined };
            patient.outbound = [http, tcp];
            patient.evidence.missing = "frontend";
            const egress = [
                { port: { number: 80, protocol: "TCP", name: "tcp" }, hosts: ["./backend.demo.svc.cluster.local"] },
                { hosts: ["*/*"] },
            ];
            put(patient.discovery, "sidecars", objectOf("demo", "ports", { egress }));
        });
        const { segment, resource } = findingOf(diagnosis, "service-port-protocol");
        assert.deepEqual([segment, resource], ["sidecar", "Sidecar demo/ports"]);
        assert.ok(!diagnosis.findings.some(({ id }) => id === "sidecar-bypassed"));
    });

    it("is the Service's when the port of the Sidecar resource is for other hosts", () => {
        const egress = [{ port: { number: 80, protocol: "TCP" }, hosts: ["istio-system/*"] }];
        assert.match(withoutSpans("outbound", { egress }).resource, /^Service demo\//);
    });
});
