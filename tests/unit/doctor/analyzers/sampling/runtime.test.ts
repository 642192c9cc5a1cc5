import assert from "node:assert/strict";
import { percentOf, readTracingRuntime } from "../../../../../doctor/evidence/runtime";
import { formatText } from "../../../../../doctor/report/text";
import { examineFake } from "../../fakeMesh";
import { diagnosisOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const RANDOM = "tracing.random_sampling";

/** What a pod's sidecar started with, by its annotation where it says so. */
function started(patient: Patient, runtimeValues: Record<string, string>, by: "annotation" | "mesh" | "start"): void {
    const [proxy] = patient.frontend.spec?.initContainers ?? [];
    Object.assign(proxy ?? {}, { env: [{ name: "PROXY_CONFIG", value: JSON.stringify({ runtimeValues }) }] });
    if (by === "annotation")
        Object.assign(patient.frontend.metadata.annotations ?? {}, {
            "proxy.istio.io/config": `runtimeValues:\n  ${Object.entries(runtimeValues)
                .map(([key, value]) => `${key}: "${value}"`)
                .join("\n  ")}\n`,
        });
    if (by === "mesh") Object.assign(patient.mesh.config, { defaultConfig: { runtimeValues } });
}

describe("a value of Envoy's runtime", () => {
    it("that overrides the rate is named with the annotation that sets it, and the live rate is right", () => {
        const diagnosis = diagnosisOf((patient) => {
            started(patient, { [RANDOM]: "5" }, "annotation");
        });
        const { resource, got, cure, commands } = findingOf(diagnosis, "sampling-overridden");
        assert.equal(resource, "Pod demo/frontend-7f9-abc");
        assert.equal(
            got,
            "the runtime value tracing.random_sampling 5 in its annotation proxy.istio.io/config, which sidecars use instead",
        );
        assert.match(cure, /^Remove runtimeValues\["tracing\.random_sampling"\] from the annotation/);
        assert.match(commands[0] ?? "", /"annotations":\{"proxy\.istio\.io\/config":null\}/);
        assert.equal(diagnosis.sampling.livePercent, 5);
        assert.match(formatText(diagnosis), /5 % in the sidecar, with tracing\.random_sampling of its runtime/);
        assert.equal(diagnosis.brokenAt, "sampling");
    });

    it("leaves the other fields of the annotation alone", () => {
        const { commands } = findingOf(
            diagnosisOf((patient) => {
                started(patient, { [RANDOM]: "0", "tracing.opentelemetry.flush_interval_ms": "1" }, "annotation");
            }),
            "sampling-overridden",
        );
        assert.match(commands[0] ?? "", /"runtimeValues:\\n  tracing\.opentelemetry\.flush_interval_ms: \\"1\\"\\n"/);
    });

    it("is named with the field of the mesh configuration, and the workloads that need a restart", () => {
        const diagnosis = diagnosisOf((patient) => {
            started(patient, { [RANDOM]: "5" }, "mesh");
        });
        const { resource, cure, steps } = findingOf(diagnosis, "sampling-overridden");
        assert.equal(resource, "ConfigMap istio-system/istio");
        assert.match(cure, /Remove defaultConfig\.runtimeValues\["tracing\.random_sampling"\] from the mesh/);
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["setMesh", "restart", "await"],
        );
    });

    it("that the mesh configuration no longer has is cured by a restart alone", () => {
        const { resource, got, steps } = findingOf(
            diagnosisOf((patient) => {
                started(patient, { [RANDOM]: "5" }, "start");
            }),
            "sampling-overridden",
        );
        assert.equal(resource, "Pod demo/frontend-7f9-abc");
        assert.match(got, /in defaultConfig of the mesh configuration at the time when the pod started/);
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["restart", "await"],
        );
    });

    it("that drops recorded traces explains why no probe arrived", () => {
        const diagnosis = diagnosisOf((patient) => {
            started(patient, { "tracing.global_enabled": "0" }, "annotation");
            patient.spans = "none";
        });
        const { segment, got } = findingOf(diagnosis, "sampling-capped");
        assert.equal(segment, "sidecar");
        assert.match(got, /^the runtime value tracing\.global_enabled 0 in its annotation/);
        assert.equal(diagnosis.sampling.livePercent, 0);
    });

    it("is named with the EnvoyFilter whose patch of the bootstrap sets it", () => {
        const value = { layered_runtime: { layers: [{ name: "x", static_layer: { [RANDOM]: 5 } }] } };
        const configPatches = [{ applyTo: "BOOTSTRAP", patch: { operation: "MERGE", value } }];
        const found = findingOf(
            diagnosisOf((patient) => {
                put(patient.discovery, "envoyFilters", objectOf("istio-system", "boot", { configPatches }));
                patient.runtime = { [RANDOM]: { value: "5", layer: "x" } };
            }),
            "sampling-overridden",
        );
        assert.equal(found.resource, "EnvoyFilter istio-system/boot");
        assert.deepEqual(found.commands, []);
    });

    it("from Envoy's admin interface is cured by a restart, and from nowhere known it says so", () => {
        const of = (layer: string): string => {
            const { findings } = diagnosisOf((patient) => {
                patient.runtime = { [RANDOM]: { value: "5", layer } };
            });
            // Those of both sidecars, of which the first decides.
            assert.deepEqual(
                findings.map(({ id, severity }) => `${severity} ${id}`),
                ["error sampling-overridden", "warning sampling-overridden"],
            );
            return `${findings[0]?.got ?? ""} ${findings[0]?.cure ?? ""}`;
        };
        assert.match(of("admin"), /runtime_modify.* Restart the workload/);
        assert.match(of("rtds"), /the layer "rtds" of its runtime.* No object that the doctor reads sets it/);
    });

    it("that Envoy does not read is said to have no effect, and one for forced traces is information", () => {
        const diagnosis = diagnosisOf((patient) => {
            started(patient, { "tracing.client_sampling": "5", "tracing.client_enabled": "0" }, "annotation");
        });
        assert.deepEqual(foundIn(diagnosis), ["sampling: runtime-value-unused"]);
        const found = diagnosis.findings.filter(({ id }) => id === "runtime-value-unused");
        assert.match(found[0]?.got ?? "", /tracing\.client_sampling 5 .* which Envoy does not read/);
        assert.match(found[1]?.got ?? "", /tracing\.client_enabled 0 .* has an effect for 0 % of requests$/);
        assert.ok(diagnosis.healthy);
    });

    it("that is the same as the rate, or belongs to a tracer, is no finding", () => {
        const harmless: Record<string, string>[] = [
            { [RANDOM]: "100" },
            { [RANDOM]: "10000" },
            { "tracing.opentelemetry.min_flush_spans": "9" },
        ];
        for (const values of harmless)
            assert.deepEqual(
                foundIn(
                    diagnosisOf((patient) => {
                        started(patient, values, "annotation");
                    }),
                ),
                [],
            );
    });

    it("is read as Envoy reads it", () => {
        const values = { "5": 5, "0": 0, " 7 ": 7, "0.5": 0, "150": 100, "1e1": 10, "{numerator: 5}": 5 };
        for (const [value, percent] of Object.entries(values)) assert.equal(percentOf(value), percent, value);
        assert.equal(percentOf("{numerator: 25, denominator: TEN_THOUSAND}"), 0.25);
        for (const ignored of ["", "-1", "true", "false", "often", "{", "[1]", "{numerator: x}", "NaN"])
            assert.equal(percentOf(ignored), undefined, ignored);
    });

    it("is read from any answer, with the layer that sets it", () => {
        const entry = (...layer_values: string[]): object => ({
            final_value: layer_values.findLast(Boolean),
            layer_values,
        });
        const entries = { [RANDOM]: entry("5", "7"), "tracing.x": entry("1", ""), other: entry("1", "") };
        assert.deepEqual(readTracingRuntime({ layers: ["global config", "admin"], entries }), {
            [RANDOM]: { value: "7", layer: "admin" },
            "tracing.x": { value: "1", layer: "global config" },
        });
        for (const odd of [undefined, null, [], "x", { entries: [] }, { entries: 5 }])
            assert.deepEqual(readTracingRuntime(odd), {});
        assert.deepEqual(readTracingRuntime({ entries: { [RANDOM]: null } }), {
            [RANDOM]: { value: "", layer: undefined },
        });
    });

    it("is read from the live sidecar", async () => {
        const diagnosis = await examineFake({ envoy: { runtime: { [RANDOM]: "1" } } });
        assert.equal(diagnosis.sampling.livePercent, 1);
        assert.ok(foundIn(diagnosis).includes("sampling: sampling-overridden"));
    });
});
