import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../../doctor/diagnose";
import type { TierCounts, TierEvidence } from "../../../../../doctor/evidence/tiers";
import type { CollectorFile } from "../../../../../doctor/inventory/collectorPipelines";
import type { WorkloadObject } from "../../../../../shared/kubernetes/objects";
import { diagnosisOf, findingOf, foundIn } from "../../patient";
import type { Patient } from "../../patientModel";
import { relatedObjects, warning } from "../../relatedObjects";
import { file, PLAIN, place, ROUTER, SAMPLER, SYSTEM, tier } from "./tierPatient";

const K8S = { k8s: { service: `tracing-sampler.${SYSTEM}` } };

interface Case {
    balancer?: object;
    sampler?: CollectorFile;
    counts?: TierCounts;
    ready?: boolean;
    arrives?: boolean;
    change?: (patient: Patient, tiers: TierEvidence[]) => void;
}

/** What is said of two tiers whose routers have this exporter. */
function judged({ balancer, sampler = SAMPLER, counts = {}, ready = true, arrives = false, change }: Case): Diagnosis {
    return diagnosisOf((patient) => {
        if (!arrives) patient.spans = "none";
        const { service } = ROUTER.config;
        const router =
            balancer === undefined ? ROUTER : file("router", { exporters: { load_balancing: balancer }, service });
        const tiers = [
            tier("tracing-collector", [router], { accepted: 9, backends: ready ? 1 : 0 }),
            tier("tracing-sampler", [sampler], counts, ready),
        ];
        place(patient, tiers);
        change?.(patient, tiers);
    });
}

const ofTier = (diagnosis: Diagnosis): string[] => foundIn(diagnosis).filter((one) => /tier|tail|pods/.test(one));

describe("TLS between two tiers", () => {
    const secure = file("sampler", {
        ...SAMPLER.config,
        receivers: { otlp: { protocols: { grpc: { tls: { cert_file: "/tls/tls.crt" } } } } },
    });

    it("is named where the routers alone use it, which they do unless told otherwise", () => {
        for (const protocol of [{}, { otlp: { tls: { insecure: false } } }]) {
            const { got, commands } = findingOf(judged({ balancer: { protocol, resolver: K8S } }), "tier-tls");
            assert.match(got, /^exporters\.load_balancing\.protocol\.otlp\.tls\.insecure of ConfigMap .* is /);
            assert.match(commands.join(), /insecure.*true/s);
        }
    });

    it("is named where the samplers alone take it, which only a person can decide", () => {
        const { got, commands } = findingOf(judged({ sampler: secure }), "tier-tls");
        assert.match(got, /insecure of .* is true, but the OTLP\/gRPC receiver of .*tracing-sampler accepts only TLS/);
        assert.deepEqual(commands, []);
    });

    it("is no fault on both sides, on none, or while spans pass", () => {
        assert.deepEqual(ofTier(judged({ balancer: { protocol: {}, resolver: K8S }, sampler: secure })), []);
        assert.deepEqual(ofTier(judged({})), []);
        assert.deepEqual(ofTier(judged({ balancer: { resolver: K8S }, counts: { accepted: 4 } })), []);
    });
});

describe("the name of the samplers' Service in a resolver", () => {
    const named = (resolver: object, more: Case = {}): Diagnosis =>
        judged({ ...more, balancer: { protocol: PLAIN, resolver } });

    it("is corrected where the Service is in another namespace", () => {
        const found = findingOf(named({ k8s: { service: "tracing-sampler.observability" } }), "tier-without-samplers");
        assert.match(
            found.got,
            /resolver\.k8s\.service .* is tracing-sampler\.observability, and there is no such Service$/,
        );
        assert.match(found.commands.join(), /service.*tracing-sampler\.istio-system/s);
        const dns = named({ dns: { hostname: "tracing-sampler.observability.svc.cluster.local" } });
        assert.match(
            findingOf(dns, "tier-without-samplers").commands.join(),
            /tracing-sampler\.istio-system\.svc\.cluster\.local/,
        );
    });

    it("is set beside those that it can be, where no Service has that name", () => {
        const headless = (_: Patient, tiers: TierEvidence[]): void => {
            for (const { service } of tiers.slice(1)) Object.assign(service?.spec ?? {}, { clusterIP: "None" });
        };
        const resolver = { k8s: { service: `samplers.${SYSTEM}` } };
        const { cure, commands } = findingOf(named(resolver, { change: headless }), "tier-without-samplers");
        assert.match(cure, /headless Services of its namespace are istio-system\/tracing-sampler\.$/);
        assert.deepEqual(commands, []);
    });

    it("is a warning while former routers serve on, and no matter of rights", () => {
        const found = named(
            { k8s: { service: "tracing-sampler.observability" } },
            { arrives: true, counts: { accepted: 9 } },
        );
        assert.deepEqual(ofTier(found), ["storage: tier-without-samplers"]);
        assert.equal(findingOf(found, "tier-without-samplers").severity, "warning");
    });

    it("is not judged where it is outside of the cluster or a variable", () => {
        for (const hostname of ["samplers.example.com", "example.com", "${env:SAMPLERS}"])
            assert.deepEqual(ofTier(named({ dns: { hostname } })), [], hostname);
    });
});

describe("the key by which routers choose a sampler", () => {
    it("is that of the trace, or spans of a trace get apart", () => {
        const balancer = { routing_key: "service", protocol: PLAIN, resolver: K8S };
        const found = judged({ balancer, arrives: true, counts: { accepted: 9 } });
        assert.deepEqual(ofTier(found), ["storage: tail-sampling-routing-key"]);
        const { got, commands } = findingOf(found, "tail-sampling-routing-key");
        assert.match(got, /^routing_key service: spans of a trace go to several/);
        assert.match(commands.join(), /routing_key.*traceID/s);
    });

    it("may be another one before Collectors that do not decide about traces", () => {
        const balancer = { routing_key: "service", protocol: PLAIN, resolver: K8S };
        const sampler = file("metrics", {
            service: { pipelines: { traces: { receivers: ["otlp"], processors: [] } } },
        });
        assert.deepEqual(ofTier(judged({ balancer, sampler, arrives: true, counts: { accepted: 9 } })), []);
    });
});

describe("samplers that are missing", () => {
    const spec = {
        replicas: 2,
        serviceName: "tracing-sampler",
        template: { metadata: { labels: { app: "tracing-sampler" } } },
    };
    const metadata = { name: "tracing-sampler", namespace: SYSTEM };
    const workload: WorkloadObject = { kind: "StatefulSet", metadata, spec };
    const message =
        'create Pod tracing-sampler-1 in StatefulSet tracing-sampler failed error: pods "tracing-sampler-1" is forbidden: exceeded quota: team, requested: limits.memory=1Gi, used: limits.memory=3Gi, limited: limits.memory=3Gi';
    const starved = (patient: Patient, tiers: TierEvidence[]): void => {
        const events = [warning("StatefulSet", "tracing-sampler", "FailedCreate", message)];
        const owner = { kind: "StatefulSet", name: "tracing-sampler" };
        for (const one of tiers[1]?.pods ?? []) one.metadata.ownerReferences = [owner];
        Object.assign(patient.evidence, {
            workloads: { value: [workload] },
            relatedObjects: relatedObjects({ events }),
        });
    };

    it("are told with the quota that rejects them, whether others serve on or not", () => {
        const one = findingOf(judged({ change: starved, arrives: true, counts: { accepted: 9 } }), "pods-not-created");
        assert.equal(one.severity, "warning");
        assert.match(
            `${one.resource}: ${one.got}`,
            /ResourceQuota istio-system\/team: requested .*1Gi.*; the other pods/,
        );
        const none = findingOf(judged({ change: starved, ready: false }), "pods-not-created");
        assert.match(
            none.got,
            /no ready pod behind Service istio-system\/tracing-sampler: requested limits\.memory=1Gi/,
        );
    });

    it("are selected again by the Service that names their StatefulSet", () => {
        const matchLabels = { app: "tracing-sampler" };
        const container = { name: "sampler", ports: [{ name: "grpc-otlp", containerPort: 4317 }] };
        const template = { metadata: { labels: matchLabels }, spec: { containers: [container] } };
        const relabelled = (patient: Patient, tiers: TierEvidence[]): void => {
            const ports = [{ name: "grpc-otlp", port: 4317, targetPort: "grpc-otlp" }];
            for (const { service } of tiers.slice(1))
                Object.assign(service ?? {}, {
                    spec: { selector: { app: "tracing-sampler", tier: "gateway" }, ports },
                });
            const samplers = { ...workload, spec: { ...spec, selector: { matchLabels }, template } };
            const routers: WorkloadObject = {
                kind: "Deployment",
                metadata: { ...metadata, name: "router" },
                spec: { template },
            };
            Object.assign(patient.evidence, { workloads: { value: [routers, samplers] } });
        };
        const found = findingOf(judged({ change: relabelled, ready: false }), "tier-without-samplers");
        assert.match(found.cure, /selector matches no workload/);
        assert.match(found.commands.join(), /patch service tracing-sampler .*"value":\{"app":"tracing-sampler"\}/);
    });
});
