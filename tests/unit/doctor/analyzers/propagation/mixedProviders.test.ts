import assert from "node:assert/strict";
import type { TelemetryObject } from "../../../../../checks/mesh/objects";
import { diagnose, type Diagnosis } from "../../../../../doctor/diagnose";
import { evidenceOf, findingOf, foundIn, HOST, put } from "../../patient";

/** The backend's sidecar reports by another provider, of which the source's trace has no span. */
function mixed(other: object, telemetry: Partial<TelemetryObject> = {}): Diagnosis {
    const evidence = evidenceOf((patient) => {
        patient.mesh.config.extensionProviders?.push({ name: "other", ...other });
        const own: TelemetryObject = {
            metadata: { name: "backend", namespace: "demo" },
            spec: { selector: { matchLabels: { app: "backend" } }, tracing: [{ providers: [{ name: "other" }] }] },
            ...telemetry,
        };
        put(patient.discovery, "telemetries", patient.telemetry, own);
    });
    for (const { trace } of evidence.probes) trace?.spans.pop();
    return diagnose(evidence);
}

describe("a path on which two providers report", () => {
    it("is told with the Telemetry that names the other one, where they speak of traces by other headers", () => {
        const diagnosis = mixed({ zipkin: { service: HOST, port: 9411 } });
        assert.deepEqual(foundIn(diagnosis), ["propagation: providers-differ"]);
        assert.equal(diagnosis.brokenAt, "propagation");
        const { resource, got, commands } = findingOf(diagnosis, "providers-differ");
        assert.equal(resource, "Telemetry demo/backend");
        assert.match(
            got,
            /^"other" for Pod demo\/backend-7f9-abc: its sidecar reads b3, and the source's writes traceparent/,
        );
        assert.match(commands.join(), /^kubectl patch telemetry backend -n demo .*"value":"jaeger"/);
    });

    it("is told where they report to other collectors", () => {
        const { got } = findingOf(
            mixed({ opentelemetry: { service: "other.obs.svc.cluster.local", port: 4317 } }),
            "providers-differ",
        );
        assert.match(got, /it reports to other\.obs\.svc\.cluster\.local, and the source to jaeger-collector\./);
    });

    it("is no reason where both read the same headers and report to one collector", () => {
        const zipkin = { service: HOST, port: 9411, traceContextOption: "USE_B3_WITH_W3C_PROPAGATION" };
        for (const other of [{ zipkin }, { opentelemetry: { service: HOST, port: 4317 } }])
            assert.ok(!foundIn(mixed(other)).includes("propagation: providers-differ"));
    });

    it("is no matter of a Telemetry for another workload", () => {
        const spec = { selector: { matchLabels: { app: "batch" } }, tracing: [{ providers: [{ name: "other" }] }] };
        const diagnosis = mixed({ zipkin: { service: HOST, port: 9411 } }, { spec });
        assert.ok(!foundIn(diagnosis).includes("propagation: providers-differ"));
    });
});
