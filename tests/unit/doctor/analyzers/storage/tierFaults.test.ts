import assert from "node:assert/strict";
import type { Evidence } from "../../../../../doctor/evidence";
import type { TierCounts, TierEvidence } from "../../../../../doctor/evidence/tiers";
import type { DoctorFinding } from "../../../../../doctor/segments";
import type { PodObject } from "../../../../../shared/kubernetes/objects";
import { mapAt } from "../../../../../shared/values/plainObjects";
import { diagnosisOf, findingOf, foundIn, pod } from "../../patient";
import { file, PLAIN, place, SAMPLER, SYSTEM, tier } from "./tierPatient";

const PIPELINES = { traces: { receivers: ["otlp"], exporters: ["load_balancing"] } };

function router(resolver: object): ReturnType<typeof file> {
    return file("router", {
        exporters: { load_balancing: { protocol: PLAIN, resolver } },
        service: { pipelines: PIPELINES },
    });
}

/** The samplers' configuration with another part. */
function sampler(parts: object): ReturnType<typeof file> {
    return file("sampler", { ...SAMPLER.config, ...parts });
}

const LISTENING = { receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } } };
const K8S = { k8s: { service: `tracing-sampler.${SYSTEM}` } };

interface Case {
    files?: [ReturnType<typeof file>, ReturnType<typeof file>];
    counts?: [TierCounts, TierCounts];
    change?: (tiers: [TierEvidence, TierEvidence]) => void;
    related?: Partial<NonNullable<Evidence["relatedObjects"]>>;
    arrives?: boolean;
}

/** What is said of two tiers. */
function judged({ files, counts, change, related, arrives = false }: Case, id: string): DoctorFinding {
    const [routers, samplers] = files ?? [router(K8S), SAMPLER];
    const [first, second] = counts ?? [
        { accepted: 9, backends: 1 },
        { accepted: 9, sent: 9 },
    ];
    const diagnosis = diagnosisOf((patient) => {
        if (!arrives) patient.spans = "none";
        const tiers: [TierEvidence, TierEvidence] = [
            tier("tracing-collector", [routers], first),
            tier("tracing-sampler", [samplers], second),
        ];
        change?.(tiers);
        const none = { value: [] };
        const relatedObjects = {
            ...{ workloads: none, events: none, autoscalers: none, networkPolicies: none, crashes: [] },
            ...related,
        };
        place(patient, tiers);
        Object.assign(patient.evidence, { relatedObjects } satisfies Partial<Evidence>);
    });
    assert.ok(foundIn(diagnosis).includes(`storage: ${id}`), foundIn(diagnosis).join());
    return findingOf(diagnosis, id);
}

describe("a fault of a tier of Collectors", () => {
    it("is a batch before the decision, which the command moves to the end", () => {
        const traces = { receivers: ["otlp"], processors: ["memory_limiter", "batch", "tail_sampling"], exporters: [] };
        const files: Case["files"] = [
            router(K8S),
            sampler({ service: { pipelines: { traces: { ...traces, exporters: ["otlp_grpc/jaeger"] } } } }),
        ];
        const found = judged({ files, arrives: true }, "batch-before-tail-sampling");
        assert.match(found.commands.join(), /memory_limiter.*tail_sampling.*batch/s);
        assert.equal(found.severity, "warning");
    });

    it("is a limiter that leaves most of the memory unused", () => {
        const files: Case["files"] = [
            router(K8S),
            sampler({ processors: { ...mapAt(SAMPLER.config, "processors"), memory_limiter: { limit_mib: 20 } } }),
        ];
        const limited = (tiers: [TierEvidence, TierEvidence]): void => {
            const [container] = tiers[1].pods[0]?.spec?.containers ?? [];
            if (container !== undefined) container.resources = { limits: { memory: "512Mi" } };
        };
        const counts: Case["counts"] = [{ backends: 1 }, { refused: 9 }];
        const found = judged({ files, counts, change: limited }, "tier-refuses");
        assert.match(found.got, /limit_mib 20 of the container's 512 MiB/);
        assert.match(found.commands.join(), /limit_percentage.*80/);
        const ample: Case["files"] = [
            router(K8S),
            sampler({ processors: { ...mapAt(SAMPLER.config, "processors"), memory_limiter: { limit_mib: 400 } } }),
        ];
        assert.deepEqual(judged({ files: ample, counts, change: limited }, "tier-refuses").commands, []);
    });

    it("is a queue that is smaller than a batch", () => {
        const queue = { sending_queue: { sizer: "items", queue_size: 5 } };
        const files: Case["files"] = [router(K8S), sampler({ exporters: { "otlp_grpc/jaeger": queue } })];
        const found = judged({ files, counts: [{ backends: 1 }, { overflowed: 9 }] }, "tier-queue-full");
        assert.match(found.got, /queue_size of ConfigMap istio-system\/sampler config.yaml is 5 items/);
        assert.match(found.commands.join(), /queue_size.*50000/s);
    });

    it("is a sidecar of its own", () => {
        const inject = (tiers: [TierEvidence, TierEvidence]): void => {
            tiers[0].pods = [pod(SYSTEM, "tracing-router", "10.0.0.21")];
        };
        const found = judged({ change: inject, arrives: true }, "collector-traces-itself");
        assert.match(found.commands.join(), /patch deployment tracing-router .*sidecar\.istio\.io\/inject":"false"/);
    });

    it("is a port at which no sampler listens", () => {
        const files = (resolver: object): Case["files"] => [router(resolver), sampler(LISTENING)];
        const ports = { k8s: { ...K8S.k8s, ports: [4318] } };
        const found = judged({ files: files(ports) }, "tier-wrong-port");
        assert.match(found.got, /load_balancing\.resolver\.k8s\.ports is 4318/);
        assert.match(found.commands.join(), /ports.*4317/s);
        const dns = { dns: { hostname: `tracing-sampler.${SYSTEM}`, port: "9999" } };
        assert.match(judged({ files: files(dns) }, "tier-wrong-port").got, /dns\.port is 9999/);
    });

    it("is a Service with an address of its own that DNS answers with", () => {
        const dns = { dns: { hostname: `tracing-sampler.${SYSTEM}` } };
        const withAddress = (tiers: [TierEvidence, TierEvidence]): void => {
            const [{ service }] = [tiers[1]];
            if (service !== undefined) Object.assign(service, { spec: { ...service.spec, clusterIP: "10.96.0.9" } });
            tiers[1].pods.push(...tiers[1].pods);
        };
        const found = judged(
            { files: [router(dns), SAMPLER], change: withAddress, arrives: true },
            "tier-not-headless",
        );
        assert.match(
            found.got,
            /clusterIP 10\.96\.0\.9, which is the only address that the resolver dns of load_balancing finds/,
        );
    });

    it("is no policy that keeps probes and drops others, but an exporter that keeps nothing", () => {
        const policies = [{ name: "doctor-probe", string_attribute: { values: ["^istio-tracing-doctor/"] } }];
        const traces = { receivers: ["otlp"], processors: ["tail_sampling"], exporters: ["debug"] };
        const exporters = { ...mapAt(SAMPLER.config, "exporters"), debug: {} };
        const parts = { processors: { tail_sampling: { policies } }, exporters, service: { pipelines: { traces } } };
        const counts: Case["counts"] = [
            { accepted: 9, backends: 1 },
            { accepted: 9, kept: 3, notKept: 9 },
        ];
        const found = judged({ files: [router(K8S), sampler(parts)], counts }, "trace-not-found");
        assert.match(found.got, /service\.pipelines\.traces\.exporters is debug, so the collector neither stores/);
        assert.match(found.commands.join(), /patch configmap sampler .*otlp_grpc\/jaeger.*rollout restart/s);
    });

    it("is a filter that drops spans of the doctor's requests, and none that drops others", () => {
        const processors = ["memory_limiter", "filter/cost"];
        const pipelines = { traces: { ...PIPELINES.traces, processors } };
        const cost = { "filter/cost": { traces: { span: ["kind == SPAN_KIND_CLIENT"] } } };
        const routers = file("router", {
            ...{ processors: cost, service: { pipelines } },
            exporters: { load_balancing: { protocol: PLAIN, resolver: K8S } },
        });
        const counts: Case["counts"] = [{ accepted: 9, backends: 1, filtered: 6 }, { accepted: 3 }];
        const found = judged({ files: [routers, SAMPLER], counts }, "spans-filtered");
        assert.match(
            found.got,
            /^6 spans .* on purpose during the requests, by filter\/cost \(kind == SPAN_KIND_CLIENT\)$/,
        );
        assert.throws(() => judged({ files: [routers, SAMPLER], counts, arrives: true }, "spans-filtered"));
    });

    it("is a back end at the port of another protocol", () => {
        const exporters = { "otlp_grpc/jaeger": { endpoint: `jaeger-collector.${SYSTEM}.svc:4318` } };
        const counts: Case["counts"] = [
            { accepted: 9, backends: 1 },
            { accepted: 9, queued: 4 },
        ];
        const found = judged({ files: [router(K8S), sampler({ exporters })], counts }, "tier-cannot-send");
        assert.match(found.got, /endpoint.*is jaeger-collector.*:4318, where OTLP\/HTTP is usual/);
        assert.match(found.commands.join(), /jaeger-collector\.istio-system\.svc:4317/);
        const right = judged({ counts }, "tier-cannot-send");
        assert.match(right.got, /^0 spans that it dropped, and 4 that wait to be sent$/);
        assert.deepEqual(right.commands, []);
    });

    it("is a NetworkPolicy that lets no spans to the samplers", () => {
        const policy = {
            metadata: { name: "closed", namespace: SYSTEM },
            spec: { podSelector: { matchLabels: { app: "tracing-sampler" } }, policyTypes: ["Ingress"] },
        };
        const counts: Case["counts"] = [{ accepted: 9, backends: 1 }, {}];
        const related = { networkPolicies: { value: [policy] } };
        const found = judged({ counts, related }, "tier-network-policy");
        assert.match(found.resource, /NetworkPolicy istio-system\/closed/);
        assert.match(found.commands.join(), /kind: NetworkPolicy/);
    });

    it("is one pod of several that does not start", () => {
        const crashing = (tiers: [TierEvidence, TierEvidence]): void => {
            const second: PodObject = structuredClone(pod(SYSTEM, "tracing-sampler", "10.0.0.22", false));
            const state = { waiting: { reason: "CrashLoopBackOff" } };
            second.metadata.name = "tracing-sampler-1";
            second.status = {
                containerStatuses: [{ name: "collector", restartCount: 3, state }],
                conditions: [{ type: "Ready", status: "False" }],
            };
            tiers[1].pods.push(second);
        };
        const found = judged({ change: crashing, arrives: true }, "pods-not-started");
        assert.match(found.got, /tracing-sampler-1 is in CrashLoopBackOff after 3 restarts/);
        assert.equal(found.severity, "warning");
    });
});
