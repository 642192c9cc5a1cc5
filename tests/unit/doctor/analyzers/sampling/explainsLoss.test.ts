import assert from "node:assert/strict";
import type { Trace } from "../../../../../shared/jaeger/client";
import { routeTracingOf, readRouteConfigs } from "../../../../../doctor/evidence/routeTracing";
import { diagnosisOf, evidenceOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const FILTER = objectOf("istio-system", "less", { configPatches: [{ patch: { value: { tracing: {} } } }] });

/** 173 requests of which Jaeger has so many traces. */
function burst(patient: Patient, count: number): void {
    const [probe] = evidenceOf().probes;
    const spans = probe?.trace?.spans ?? [];
    const traces = Array.from({ length: count }, (_, index): Trace => ({ traceId: `t${String(index)}`, spans }));
    patient.evidence = { ...patient.evidence, burst: { sent: 173, answered: 173, failed: 0, traces } };
}

function routes(tracing: unknown): unknown {
    const route = { name: "default", match: { prefix: "/" }, tracing };
    const virtual = { domains: ["backend.demo.svc.cluster.local", "backend"], routes: [route] };
    return { configs: [{ route_config: { name: "80", virtual_hosts: [{ domains: ["*"], routes: [] }, virtual] } }] };
}

describe("fewer traces than requests", () => {
    it("are explained by a route that an EnvoyFilter samples, not by loss", () => {
        const evidence = evidenceOf((patient) => {
            burst(patient, 12);
            put(patient.discovery, "envoyFilters", FILTER);
        });
        if (evidence.source !== undefined)
            evidence.source.routes = { value: readRouteConfigs(routes({ random_sampling: { numerator: 5 } })) };
        const diagnosis = diagnosisOf((patient) => {
            patient.evidence = evidence;
        });
        assert.deepEqual(foundIn(diagnosis), ["sampling: sampling-not-live"]);
        const { got, cure } = findingOf(diagnosis, "sampling-not-live");
        assert.equal(got, "5, from the route default");
        assert.match(cure, /EnvoyFilter istio-system\/less/);
        assert.equal(diagnosis.loss.missing["demo/frontend-7f9-abc"], 0);
    });

    it("are explained by what the access log has recorded, where no live rate does", () => {
        const diagnosis = diagnosisOf((patient) => {
            burst(patient, 12);
            patient.evidence.logged = { recorded: 11, unrecorded: 162 };
            put(patient.discovery, "envoyFilters", FILTER);
        });
        assert.deepEqual(foundIn(diagnosis), ["sampling: sampling-differs"]);
        assert.match(
            findingOf(diagnosis, "sampling-differs").got,
            /^12: the access log of the source shows 11 of 173 requests recorded$/,
        );
    });

    it("are explained by the spans that the sidecar made, where the log has no flags", () => {
        const made = (sent: number, dropped: number): string[] =>
            foundIn(
                diagnosisOf((patient) => {
                    burst(patient, 12);
                    const [span, drop] = ["tracing.opentelemetry.spans_sent", "tracing.opentelemetry.spans_dropped"];
                    patient.stats = {
                        before: { [span]: 50, [drop]: 0 },
                        after: { [span]: 50 + sent, [drop]: dropped },
                    };
                }),
            );
        assert.deepEqual(made(15, 0), ["sampling: sampling-differs"]);
        assert.match(made(15, 160).join(), /spans-lost$/);
        assert.match(made(176, 0).join(), /spans-lost$/);
    });

    it("are lost where far fewer arrived than the log has recorded, though it lacks a few", () => {
        const diagnosis = diagnosisOf((patient) => {
            burst(patient, 120);
            patient.evidence.logged = { recorded: 169, unrecorded: 4 };
        });
        assert.match(foundIn(diagnosis).join(), /spans-lost$/);
    });

    it("are lost where the sidecar has recorded all of them", () => {
        const diagnosis = diagnosisOf((patient) => {
            burst(patient, 12);
            patient.evidence.logged = { recorded: 173, unrecorded: 0 };
        });
        assert.match(foundIn(diagnosis).join(), /spans-lost$/);
    });

    it("are lost for the most part where the log has recorded far more than arrived", () => {
        const diagnosis = diagnosisOf((patient) => {
            burst(patient, 160);
            patient.evidence.logged = { recorded: 20, unrecorded: 153 };
        });
        assert.match(foundIn(diagnosis).join(), /spans-lost$/);
    });

    it("explain a mesh in which no probe arrived by a live rate of nothing", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
            patient.outbound = patient.outbound.map((chain) => ({
                ...chain,
                tracing: chain.tracing && { ...chain.tracing, randomSampling: 0 },
            }));
            patient.exports = { "10.0.0.9:4317": { rq_total: 0 } };
        });
        assert.deepEqual(foundIn(diagnosis), ["sampling: sampling-not-live"]);
    });
});

describe("the tracing of a route", () => {
    const of = (tracing: unknown): unknown =>
        routeTracingOf(readRouteConfigs(routes(tracing)), { host: "backend", path: "/" })?.randomSampling;

    it("is a fraction, of which Envoy leaves out zero", () => {
        assert.equal(of({ random_sampling: { numerator: 5 } }), 5);
        assert.equal(of({ random_sampling: { numerator: 25, denominator: "TEN_THOUSAND" } }), 0.25);
        assert.equal(of({ random_sampling: {} }), 0);
        assert.equal(of({ overall_sampling: { numerator: 5 } }), undefined);
        assert.equal(of(undefined), undefined);
    });

    it("is that of the first route that takes the request", () => {
        const route = (match: object, numerator: number): object => ({
            match,
            tracing: { random_sampling: { numerator } },
        });
        const config = (...all: object[]): unknown[] => [{ virtual_hosts: [{ domains: ["*"], routes: all }] }];
        const live = (path: string): number | undefined =>
            routeTracingOf(
                config(
                    route({ prefix: "/", headers: [{ name: "x-test" }] }, 1),
                    route({ path: "/exact" }, 2),
                    route({ path_separated_prefix: "/api" }, 3),
                    route({ safe_regex: { regex: "/v[0-9]+/.*" } }, 4),
                    route({ prefix: "/" }, 5),
                ),
                { host: "backend", path },
            )?.randomSampling;
        assert.deepEqual(["/exact", "/api/x", "/apix", "/v2/x", "/"].map(live), [2, 3, 5, 4, 5]);
    });
});
