import assert from "node:assert/strict";
import type { Evidence } from "../../../../../doctor/evidence";
import { countsIn, holdMs, type TierCounts, type TierEvidence } from "../../../../../doctor/evidence/tiers";
import type { CollectorFile } from "../../../../../doctor/inventory/collectorPipelines";
import { nextServices } from "../../../../../doctor/inventory/nextTier";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, foundIn, pod, stateOf } from "../../patient";

const SYSTEM = "istio-system";

function file(name: string, parts: object): CollectorFile {
    const text = JSON.stringify({ receivers: { otlp: {} }, ...parts });
    const configMap = { metadata: { name, namespace: SYSTEM }, data: { "config.yaml": text } };
    return { configMap, key: "config.yaml", config: { receivers: { otlp: {} }, ...parts } };
}

const ROUTER = file("router", {
    exporters: { load_balancing: { resolver: { k8s: { service: `tracing-sampler.${SYSTEM}` } } } },
    service: { pipelines: { traces: { receivers: ["otlp"], exporters: ["load_balancing"] } } },
});
const SAMPLER = file("sampler", {
    processors: { tail_sampling: { decision_wait: "10s", policies: [{ name: "slow", type: "latency" }] } },
    exporters: { "otlp_grpc/jaeger": { endpoint: `jaeger-collector.${SYSTEM}.svc:4317` } },
    service: {
        pipelines: { traces: { receivers: ["otlp"], processors: ["tail_sampling"], exporters: ["otlp_grpc/jaeger"] } },
    },
});

function tier(name: string, files: CollectorFile[], after: TierCounts, ready = true): TierEvidence {
    const service = { metadata: { name, namespace: SYSTEM }, spec: { selector: { app: name } } };
    const pods = ready ? [pod(SYSTEM, name, "10.0.0.20", false)] : [];
    return { service, pods, files, before: {}, after };
}

/** What is said of two tiers with these counts; `arrives` false if no probe reaches Jaeger. */
function judged(router: TierCounts, sampler: TierCounts, arrives = false, ready = true): DoctorFinding | undefined {
    const diagnosis = diagnosisOf((patient) => {
        if (!arrives) patient.spans = "none";
        const tiers = [tier("tracing-collector", [ROUTER], router), tier("tracing-sampler", [SAMPLER], sampler, ready)];
        Object.assign(patient.evidence, { tiers } satisfies Partial<Evidence>);
    });
    if (arrives) assert.equal(stateOf(diagnosis, "storage"), "ok");
    const [first] = foundIn(diagnosis).filter((one) => one.startsWith("storage: "));
    return first === undefined ? undefined : findingOf(diagnosis, first.slice("storage: ".length));
}

describe("tiers of Collectors", () => {
    it("are no fault while spans pass, whatever they drop of other traces", () => {
        assert.equal(judged({ accepted: 20, backends: 2 }, { accepted: 20, kept: 3, notKept: 500 }, true), undefined);
    });

    it("drop on purpose what no policy wants, which is told apart from a loss, with a policy that keeps probes", () => {
        const found = judged({ accepted: 20, backends: 2 }, { accepted: 20, notKept: 9 });
        assert.equal(found?.id, "dropped-by-tail-sampling");
        assert.match(found.got, /^tail_sampling decided not to keep 9 traces meanwhile, on purpose: .*\(slow\)$/);
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
