import assert from "node:assert/strict";
import type { Evidence } from "../../../../doctor/evidence";
import { diagnose } from "../../../../doctor/diagnose";
import { exitCodeOf } from "../../../../doctor/report/verdict";
import { examineFake } from "../fakeMesh";
import { evidenceOf, findingOf, foundIn } from "../patient";

/** Sidecars that get the collector's cluster after so many questions. */
function after(questions: number): { knowsCollector: () => boolean; asked: () => number } {
    let asked = 0;
    return { knowsCollector: () => ++asked > questions, asked: () => asked };
}

/** A path whose source got the cluster meanwhile, and whose first spans are lost. */
function late(evidence: Evidence): Evidence {
    const { source } = evidence;
    if (source !== undefined && "value" in source.before) source.before.value.clusters = {};
    for (const probe of evidence.probes) Object.assign(probe, { trace: undefined, seen: false });
    return evidence;
}

describe("a cluster of the collector that a sidecar does not have yet", () => {
    it("is waited for, since no object hides it, and nothing is found", async () => {
        const diagnosis = await examineFake({ envoy: after(4) });
        assert.deepEqual(foundIn(diagnosis), []);
        assert.ok(diagnosis.healthy);
    });

    it("is not waited for if a Sidecar resource hides it", async () => {
        const envoy = after(Infinity);
        const sidecar = { metadata: { name: "s", namespace: "demo" }, spec: { egress: [{ hosts: ["./*"] }] } };
        const slice = {
            metadata: {
                name: "jaeger-collector-x",
                namespace: "istio-system",
                labels: { "kubernetes.io/service-name": "jaeger-collector" },
            },
            ports: [{ name: "grpc-otlp", port: 4317 }],
            endpoints: [{ addresses: ["10.0.0.9"], conditions: { ready: true } }],
        };
        const objects = {
            "/apis/networking.istio.io/v1/sidecars": [sidecar],
            "/apis/discovery.k8s.io/v1/endpointslices": [slice],
        };
        const diagnosis = await examineFake({ envoy, objects, lost: true });
        assert.match(findingOf(diagnosis, "collector-not-visible").resource, /^Sidecar demo\/s/);
        // Two sidecars, each before and after.
        assert.equal(envoy.asked(), 4);
    });

    it("that arrives during the requests explains what is lost, not storage, and proves nothing", () => {
        const diagnosis = diagnose(late(evidenceOf()));
        assert.deepEqual(foundIn(diagnosis), ["export: collector-cluster-late"]);
        assert.equal(diagnosis.brokenAt, "export");
        assert.equal(exitCodeOf(diagnosis, "error"), 2);
        assert.match(findingOf(diagnosis, "collector-cluster-late").cure, /^Run the doctor again/);
    });

    it("that arrives during the requests is no finding if every probe arrived", () => {
        const evidence = evidenceOf();
        if (evidence.source !== undefined && "value" in evidence.source.before)
            evidence.source.before.value.clusters = {};
        assert.deepEqual(foundIn(diagnose(evidence)), []);
    });

    it("explains nothing if all calls fail as soon as it is there", () => {
        const evidence = evidenceOf((patient) => {
            patient.exports = { "10.0.0.9:4317": { rq_total: 0, rq_error: 4, cx_total: 4, cx_connect_fail: 4 } };
        });
        assert.ok(!foundIn(diagnose(late(evidence))).includes("export: collector-cluster-late"));
    });
});
