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
});
