import assert from "node:assert/strict";
import { checkTierWorkloads } from "../../../checks/collector/tierWorkloads";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { parseJson } from "../../../shared/values/plainObjects";

const PIPELINES = { traces: { receivers: ["otlp"], processors: ["tail_sampling"], exporters: ["debug"] } };

function config(name: string, content: object): Manifest {
    const text = JSON.stringify({ receivers: { otlp: {} }, service: { pipelines: PIPELINES }, ...content });
    return {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, namespace: "tier" },
        data: { "config.yaml": text },
    };
}

function workload(name: string, spec: object = {}, pod: object = {}): Manifest {
    const volumes = [{ name: "config", configMap: { name } }];
    const template = { metadata: { labels: { "sidecar.istio.io/inject": "false" } }, spec: { volumes, ...pod } };
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace: "tier" },
        spec: { ...spec, template },
    };
}

const SAMPLER = config("sampler", { processors: { tail_sampling: { decision_wait: "10s" } } });
const ids = (...objects: Manifest[]): string[] => checkTierWorkloads(objects, parseJson).map(({ id }) => id);

describe("a tier of Collectors", () => {
    it("may sample traces in one replica, and in several only behind one that brings their spans together", () => {
        assert.deepEqual(ids(SAMPLER, workload("sampler")), []);
        assert.deepEqual(ids(SAMPLER, workload("sampler", { replicas: 2 })), ["tail-sampling-split"]);
        const dns = { load_balancing: { resolver: { dns: { hostname: "sampler.tier.svc" } } } };
        assert.deepEqual(ids(SAMPLER, workload("sampler", { replicas: 2 }), config("router", { exporters: dns })), []);
    });

    it("brings spans together by their trace, unless another exporter does that beside metrics from spans", () => {
        const router = (...keys: (string | undefined)[]): Manifest => {
            const exporters = keys.map((routing_key, index) => [
                `load_balancing/${String(index)}`,
                { resolver: { dns: { hostname: "sampler.tier.svc" } }, ...(routing_key && { routing_key }) },
            ]);
            return config("router", { exporters: Object.fromEntries(exporters) as object });
        };
        const behind = (...objects: Manifest[]): string[] =>
            ids(SAMPLER, workload("sampler", { replicas: 2 }), ...objects);
        assert.deepEqual(behind(router("service")), ["tail-sampling-routing-key"]);
        assert.deepEqual(behind(router("traceID")), []);
        assert.deepEqual(behind(router(undefined, "service")), []);
        assert.deepEqual(ids(router("service")), []);
    });

    it("counts the replicas that an autoscaler may make", () => {
        const scaler = (name: string): Manifest => ({
            ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", metadata: { name, namespace: "tier" } },
            spec: { maxReplicas: 5, scaleTargetRef: { kind: "Deployment", name } },
        });
        assert.deepEqual(ids(SAMPLER, workload("sampler"), scaler("sampler")), ["tail-sampling-split"]);
        assert.deepEqual(ids(SAMPLER, workload("sampler"), scaler("other")), []);
    });

    it("has the processor's own wait and Kubernetes' own grace period where nothing is said", () => {
        const usual = config("sampler", { processors: { "tail_sampling/all": {} } });
        assert.deepEqual(ids(usual, workload("sampler")), ["tail-sampling-grace"]);
        assert.deepEqual(ids(usual, workload("sampler", {}, { terminationGracePeriodSeconds: 31 })), []);
    });

    it("is not judged where its configuration is not among the objects", () => {
        assert.deepEqual(ids(workload("sampler", { replicas: 5 })), []);
    });
});
