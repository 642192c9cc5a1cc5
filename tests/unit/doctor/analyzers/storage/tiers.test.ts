import assert from "node:assert/strict";
import { countsIn, holdMs } from "../../../../../doctor/evidence/tiers";
import type { CollectorFile } from "../../../../../doctor/inventory/collectorPipelines";
import { nextServices } from "../../../../../doctor/inventory/nextTier";
import { file, judged, ROUTER, SAMPLER, SYSTEM, tier } from "./tierPatient";

describe("tiers of Collectors", () => {
    it("are no fault while spans pass, whatever they drop of other traces", () => {
        assert.equal(judged({ accepted: 20, backends: 2 }, { accepted: 20, kept: 3, notKept: 500 }, true), undefined);
    });

    it("drop on purpose what no policy wants, which is told apart from a loss, with a policy that keeps probes", () => {
        const found = judged({ accepted: 20, backends: 2 }, { accepted: 20, notKept: 9 });
        assert.equal(found?.id, "dropped-by-tail-sampling");
        assert.match(found.got, /^tail_sampling decided not to keep 9 traces, on purpose: .*\(slow\)$/);
        assert.match(found.commands.join(), /doctor-probe.*istio-tracing-doctor/s);
    });

    it("find no sampler for want of rights, or because there is none", () => {
        const rights = judged({ accepted: 20, backends: 0 }, {});
        assert.equal(rights?.id, "tier-without-samplers");
        assert.match(rights.got, /although Pod .*tracing-sampler.* is ready|although .*tracing-sampler/);
        assert.match(rights.cure, /endpointslices/);
        assert.match(judged({ backends: 0 }, {}, false, false)?.got ?? "", /no ready pod behind Service/);
    });

    it("refuse, overflow and evict, each by its count", () => {
        assert.equal(judged({ backends: 1 }, { accepted: 5, refused: 7 })?.id, "tier-refuses");
        assert.equal(judged({ backends: 1, overflowed: 3 }, {})?.id, "tier-queue-full");
        assert.equal(judged({ backends: 1 }, { evicted: 2 })?.id, "traces-evicted-undecided");
        // Of other traces, while the probes arrive.
        assert.equal(judged({ backends: 1 }, { evicted: 2 }, true)?.severity, "warning");
    });
});

describe("the way through tiers", () => {
    const services = ["tracing-sampler", "jaeger-collector"].map((name) => ({ metadata: { name, namespace: SYSTEM } }));
    const discovery = { services: { value: services } } as unknown as Parameters<typeof nextServices>[1];
    const next = (from: CollectorFile): string[] => nextServices(from, discovery).map(({ metadata }) => metadata.name);

    it("follows exporters, by whatever name and resolver", () => {
        assert.deepEqual(next(ROUTER), ["tracing-sampler"]);
        assert.deepEqual(next(SAMPLER), ["jaeger-collector"]);
        const dns = { resolver: { dns: { hostname: `tracing-sampler.${SYSTEM}.svc.cluster.local` } } };
        const pipelines = { traces: { receivers: ["otlp"], exporters: ["loadbalancing"] } };
        assert.deepEqual(next(file("a", { exporters: { loadbalancing: dns }, service: { pipelines } })), [
            "tracing-sampler",
        ]);
        const http = { "otlphttp/x": { endpoint: "http://jaeger-collector:4318" } };
        const traces = { receivers: ["otlp"], exporters: ["otlphttp/x"] };
        assert.deepEqual(next(file("b", { exporters: http, service: { pipelines: { traces } } })), [
            "jaeger-collector",
        ]);
    });

    it("takes as long as all decisions on it", () => {
        const of = (...files: CollectorFile[]): number => holdMs(files.map((one) => tier("t", [one], {})));
        assert.equal(of(ROUTER), 0);
        assert.equal(of(ROUTER, SAMPLER), 13_000);
    });

    it("is counted with and without _total", () => {
        const name = "otelcol_processor_tail_sampling_global_count_traces_sampled";
        const text = [
            ...['otelcol_receiver_accepted_spans_total{receiver="otlp"} 5', 'otelcol_receiver_accepted_spans{a="b"} 2'],
            ...[`${name}{sampled="true"} 3`, `${name}_total{decision="not_sampled",sampled="false"} 4`],
            "otelcol_loadbalancer_num_backends 0",
        ].join("\n");
        assert.deepEqual(countsIn(text), { accepted: 7, kept: 3, notKept: 4, backends: 0 });
    });
});
