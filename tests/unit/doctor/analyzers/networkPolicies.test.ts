import assert from "node:assert/strict";
import { diagnose } from "../../../../doctor/diagnose";
import { diagnosisOf, evidenceOf, findingOf, foundIn, objectOf, pod } from "../patient";
import { ADDRESS, QUERY, REFUSED, silent } from "../remediation/scenarioParts";
import { relatedObjects } from "../relatedObjects";

const TIMEOUT = { rq_total: 9, rq_error: 9, cx_total: 3, cx_connect_fail: 3 };

describe("a NetworkPolicy that keeps spans from the collector", () => {
    const found = (namespace: string, spec: object, exports = REFUSED) =>
        diagnosisOf((patient) => {
            silent(patient, { [ADDRESS]: exports });
            patient.evidence.relatedObjects = relatedObjects({
                networkPolicies: [objectOf(namespace, "closed", { ...spec })],
            });
        });

    it("of the collector's namespace is named, and another one lets spans in for those pods", () => {
        const diagnosis = found("istio-system", { podSelector: { matchLabels: { app: "jaeger" } }, ingress: [] });
        assert.deepEqual(foundIn(diagnosis), ["export: collector-network-policy"]);
        const { resource, got, commands } = findingOf(diagnosis, "collector-network-policy");
        assert.equal(resource, "NetworkPolicy istio-system/closed");
        assert.match(
            got,
            /^it selects the pod for ingress, and no rule allows TCP to Pod istio-system\/jaeger-7f9-abc at port 4317 from Pod demo\/frontend-7f9-abc$/,
        );
        assert.match(
            commands.join(),
            /kind: NetworkPolicy.*name: allow-spans.*namespace: istio-system.*app: jaeger.*- Ingress.*namespaceSelector: \{\}.*port: 4317/s,
        );
    });

    it("of the sender's namespace is named, and another one lets them out, for no other pods than it selects", () => {
        const selector = { matchLabels: { app: "frontend" } };
        const { resource, got, commands } = findingOf(
            found("demo", { podSelector: selector, policyTypes: ["Egress"] }, TIMEOUT),
            "collector-network-policy",
        );
        assert.equal(resource, "NetworkPolicy demo/closed");
        assert.match(got, /for egress, and no rule allows TCP from Pod demo\/frontend-7f9-abc to Pod istio-system/);
        assert.match(
            commands.join(),
            /namespace: demo.*app: frontend.*- Egress.*kubernetes\.io\/metadata\.name: istio-system.*port: 4317/s,
        );
    });

    it("is not blamed where it allows spans, or where the collector answers", () => {
        const open = found("istio-system", { ingress: [{ ports: [{ port: "grpc-otlp" }] }] });
        assert.deepEqual(foundIn(open), ["export: collector-unreachable"]);
        const answered = found(
            "istio-system",
            { ingress: [] },
            { rq_total: 9, rq_error: 9, cx_total: 1, cx_connect_fail: 0 },
        );
        assert.deepEqual(foundIn(answered), ["export: export-failing"]);
    });
});

describe("a NetworkPolicy on other ways", () => {
    it("to the DNS server is named where no name is resolved", () => {
        const evidence = evidenceOf((patient) => {
            patient.spans = "none";
            patient.evidence.relatedObjects = relatedObjects({
                networkPolicies: [objectOf("demo", "closed", { podSelector: {}, policyTypes: ["Egress"] })],
            });
        });
        const dns = pod("kube-system", "dns", "10.0.0.53", false);
        dns.metadata.labels = { "k8s-app": "kube-dns" };
        (evidence.discovery.pods as { value: unknown[] }).value.push(dns);
        for (const { answer } of evidence.probes)
            Object.assign(answer, { unresolved: true, status: 0, error: "could not resolve host" });
        const { resource, got, commands } = findingOf(diagnose(evidence), "name-unresolved");
        assert.equal(resource, "NetworkPolicy demo/closed");
        assert.match(
            got,
            /^could not resolve host; it selects the pod for egress, and no rule allows UDP .* at port 53$/,
        );
        assert.match(commands.join(), /name: allow-dns.*kube-system.*port: 53\n.*protocol: UDP/s);
    });

    it("to the target is named where it does not answer", () => {
        const diagnosis = diagnosisOf((patient) => {
            Object.assign(patient, { status: 503, spans: "none", taken: 0 });
            patient.evidence.relatedObjects = relatedObjects({
                networkPolicies: [objectOf("demo", "closed", { podSelector: { matchLabels: { app: "backend" } } })],
            });
        });
        const { resource, commands } = findingOf(diagnosis, "request-failed");
        assert.equal(resource, "NetworkPolicy demo/closed");
        assert.match(commands.join(), /name: allow-requests.*port: 8080/s);
    });

    it("to Jaeger's query API is named where the doctor's queries get no answer", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
            const service = {
                metadata: { name: "jaeger-query", namespace: "istio-system" },
                spec: { selector: { app: "jaeger" }, ports: [{ port: 16686 }] },
            };
            const query = { ...QUERY, service, pods: patient.jaegers, problem: "i/o timeout", client: undefined };
            Object.assign(patient.evidence, { query });
            const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "demo" } } }];
            patient.evidence.relatedObjects = relatedObjects({
                networkPolicies: [objectOf("istio-system", "closed", { podSelector: {}, ingress: [{ from }] })],
            });
        });
        const { resource, got, cure } = findingOf(diagnosis, "query-network-policy");
        assert.equal(resource, "NetworkPolicy istio-system/closed");
        assert.match(got, /^i\/o timeout; it selects .* at port 16686 from outside of the cluster's pods$/);
        assert.match(cure, /--jaeger URL/);
    });
});
