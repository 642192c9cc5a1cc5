import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { resolveMeshTracing, type MeshTracingArgs } from "../../../components/meshTracing";
import { renderTelemetrySpec } from "../../../components/render/telemetry";
import { assertRefused, refusalsOf } from "./refusals";

const LEAST: MeshTracingArgs = { rootNamespace: "istio-system" };

describe("MeshTracing", () => {
    it("records one trace in a hundred when nothing is said", () => {
        assert.deepEqual(resolveMeshTracing("x", LEAST), {
            rootNamespace: "istio-system",
            samplingPercent: 1,
            provider: "tracing",
            revision: undefined,
            istioVersion: "1.31.1",
            collector: undefined,
        });
    });

    it("takes every percentage from 0 to 100 in steps of 0.01", () => {
        for (const samplingPercent of [0, 0.01, 0.1, 1, 33.33, 99.99, 100]) {
            assert.equal(resolveMeshTracing("x", { ...LEAST, samplingPercent }).samplingPercent, samplingPercent);
        }
    });

    it("refuses every other one, before anything is registered", () => {
        const samplingPercent = [250, 100.01, -1, -0.01, 0.001, 1e-7, NaN, Infinity, "5", "", null, true, [5], {}];
        assertRefused(resolveMeshTracing, LEAST, { samplingPercent });
        const [problem] = refusalsOf(() => resolveMeshTracing("x", { ...LEAST, samplingPercent: 250 }));
        assert.deepEqual(problem, {
            key: "samplingPercent",
            expected: "a number from 0 to 100 in steps of 0.01 (percent of new traces)",
            got: "250",
            next: "set for example 1 (one request in a hundred), 100 (all) or 0 (no spans)",
        });
    });

    it("refuses what is empty, huge or of another type", () => {
        assertRefused(resolveMeshTracing, LEAST, {
            rootNamespace: ["", "Mesh", "a".repeat(64), 5, null],
            istioVersion: ["", "1.2", "9".repeat(1_000_000), 1.31],
            collector: [{}, null, "otel.example.com:4317", { host: "a.b.c", port: 0, protocol: "zipkin" }],
        });
    });

    it("names the provider of a mesh that something else installed, and refuses what is no name", () => {
        assert.equal(resolveMeshTracing("x", { ...LEAST, provider: "otel-tracing" }).provider, "otel-tracing");
        const spec = renderTelemetrySpec(1, "1.31.1", "otel-tracing") as { tracing: { providers: object[] }[] };
        assert.deepEqual(spec.tracing[0]?.providers, [{ name: "otel-tracing" }]);
        assertRefused(resolveMeshTracing, LEAST, { provider: ["", " ", "a b", "x".repeat(254), 5, null, {}] });
    });

    it("takes a namespace that another resource decides", () => {
        const rootNamespace = pulumi.output("istio-system");
        assert.equal(resolveMeshTracing("x", { rootNamespace }).rootNamespace, rootNamespace);
    });

    it("says every problem at once, in words that name component, resource, value and next step", () => {
        const args = { rootNamespace: "", samplingPercent: 250 };
        assert.throws(() => resolveMeshTracing("mesh-default", args), {
            name: "ArgumentsError",
            message:
                /^MeshTracing "mesh-default": 2 arguments cannot be used; none of its resources is registered\.\n {2}rootNamespace\n(.+\n){3} {2}samplingPercent\n {4}expected: .+\n {4}got: {6}250\n {4}next: {5}.+$/,
        });
    });
});
