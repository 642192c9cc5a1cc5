import assert from "node:assert/strict";
import { checkTailSamplingOrder } from "../../../checks/collector/tailSamplingOrder";
import { checkTierWorkloads } from "../../../checks/collector/tierWorkloads";
import type { Finding } from "../../../checks/finding";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { parseYaml } from "../../../policy/yaml";

const ROUTING = {
    receivers: { otlp: { protocols: { grpc: {} } } },
    exporters: { load_balancing: { resolver: { k8s: { service: "samplers-collector-headless.tier" } } } },
    service: { pipelines: { traces: { receivers: ["otlp"], exporters: ["load_balancing"] } } },
};
const SAMPLING = {
    receivers: { otlp: { protocols: { grpc: {} } } },
    processors: { memory_limiter: {}, batch: {}, tail_sampling: { decision_wait: "10s" } },
    exporters: { "otlp_grpc/jaeger": { endpoint: "jaeger-collector:4317" } },
    service: {
        pipelines: {
            traces: {
                receivers: ["otlp"],
                processors: ["memory_limiter", "batch", "tail_sampling"],
                exporters: ["otlp_grpc/jaeger"],
            },
        },
    },
};

/** What the OpenTelemetry operator makes a tier from. */
function operated(name: string, config: object, spec: object = {}, labels: object = {}): Manifest {
    return {
        apiVersion: "opentelemetry.io/v1beta1",
        kind: "OpenTelemetryCollector",
        metadata: { name, namespace: "tier", labels },
        spec: { config, ...spec },
    };
}

/** What the Collector's Helm chart makes in one of its modes. */
function charted(kind: string, release: string, config: object, spec: object = {}): Manifest[] {
    const name = `${release}-opentelemetry-collector`;
    const metadata = { name, namespace: "tier", labels: { "app.kubernetes.io/managed-by": "Helm" } };
    const items = [{ key: "relay", path: "relay.yaml" }];
    const volumes = [{ name: "opentelemetry-collector-configmap", configMap: { name, items } }];
    const containers = [{ name: "opentelemetry-collector", args: ["--config=/conf/relay.yaml"] }];
    const template = { metadata: {}, spec: { serviceAccountName: name, containers, volumes } };
    return [
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: { relay: JSON.stringify(config) } },
        { apiVersion: "apps/v1", kind, metadata, spec: { ...spec, template } },
    ];
}

function rights(account: string): Manifest[] {
    const metadata = { name: "balancing", namespace: "tier" };
    const rules = [{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] }];
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const roleRef = { kind: "Role", name: "balancing" };
    return [
        { apiVersion, kind: "Role", metadata, rules },
        { apiVersion, kind: "RoleBinding", metadata, roleRef, subjects: [{ kind: "ServiceAccount", name: account }] },
    ];
}

const shown = (found: Finding[]): string[] => found.map(({ id, resource }) => `${id} ${resource}`);
const judged = (...objects: Manifest[]): string[] => shown(checkTierWorkloads(objects, parseYaml));

describe("tiers that the OpenTelemetry operator makes", () => {
    const name = "OpenTelemetryCollector tier/samplers";

    it("split traces in several pods, however they come to be several", () => {
        for (const spec of [{ replicas: 2 }, { autoscaler: { maxReplicas: 3 } }, { mode: "daemonset" }])
            assert.deepEqual(judged(operated("samplers", SAMPLING, spec)), [`tail-sampling-split ${name}`]);
        assert.deepEqual(judged(operated("samplers", SAMPLING)), []);
    });

    it("split traces beside pods of others, even with load balancing elsewhere, but may pass spans on there", () => {
        const beside = operated("samplers", SAMPLING, { mode: "sidecar" });
        const routers = operated("routers", ROUTING);
        assert.deepEqual(judged(beside), [`tail-sampling-split ${name}`]);
        assert.deepEqual(judged(beside, routers, ...rights("routers-collector")), [`tail-sampling-split ${name}`]);
        const { processors: _, ...passing } = SAMPLING;
        assert.deepEqual(judged(operated("samplers", passing, { mode: "sidecar" })), []);
    });

    it("lack rights to find their samplers, until the operator's service account, or the one named, has them", () => {
        const samplers = operated("samplers", SAMPLING, { mode: "statefulset", replicas: 2 });
        const lacking = ["load-balancing-rights OpenTelemetryCollector tier/routers"];
        assert.deepEqual(judged(samplers, operated("routers", ROUTING)), lacking);
        assert.deepEqual(judged(samplers, operated("routers", ROUTING), ...rights("routers-collector")), []);
        const own = operated("routers", ROUTING, { serviceAccount: "own" });
        assert.deepEqual(judged(samplers, own, ...rights("routers-collector")), lacking);
        assert.deepEqual(judged(samplers, own, ...rights("own")), []);
    });

    it("end too early, and trace themselves where their namespace is of the mesh", () => {
        const short = operated("samplers", SAMPLING, { terminationGracePeriodSeconds: 5 });
        assert.deepEqual(judged(short), [`tail-sampling-grace ${name}`]);
        const labels = { "istio-injection": "enabled" };
        const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "tier", labels } };
        assert.deepEqual(judged(operated("samplers", SAMPLING), namespace), [`collector-traces-itself ${name}`]);
        // The operator gives the object's labels to the pods.
        const outside = operated("samplers", SAMPLING, {}, { "sidecar.istio.io/inject": "false" });
        assert.deepEqual(judged(outside, namespace), []);
    });

    it("batch before they decide", () => {
        assert.deepEqual(shown(checkTailSamplingOrder([operated("samplers", SAMPLING)], parseYaml)), [
            `batch-before-tail-sampling ${name} pipeline traces`,
        ]);
    });
});

describe("tiers of the Collector's Helm chart", () => {
    it("are judged by the file that their pods mount", () => {
        const samplers = charted("StatefulSet", "samplers", SAMPLING, { replicas: 2 });
        const resource = "tier/samplers-opentelemetry-collector";
        assert.deepEqual(judged(...samplers), [`tail-sampling-split StatefulSet ${resource}`]);
        assert.deepEqual(judged(...charted("DaemonSet", "samplers", SAMPLING)), [
            `tail-sampling-split DaemonSet ${resource}`,
        ]);
        const routers = charted("Deployment", "routers", ROUTING);
        assert.deepEqual(judged(...samplers, ...routers), [
            "load-balancing-rights Deployment tier/routers-opentelemetry-collector",
        ]);
        assert.deepEqual(judged(...samplers, ...routers, ...rights("routers-opentelemetry-collector")), []);
        assert.deepEqual(shown(checkTailSamplingOrder(samplers, parseYaml)), [
            `batch-before-tail-sampling ConfigMap ${resource} relay pipeline traces`,
        ]);
    });
});

describe("a tier of Grafana Alloy", () => {
    it("is not judged, because its configuration is not YAML", () => {
        const text = '// receivers of spans\notelcol.processor.tail_sampling "all" {\n  decision_wait = "60s"\n}\n';
        const metadata = { name: "alloy", namespace: "tier" };
        const spec = { volumes: [{ name: "config", configMap: { name: "alloy" } }] };
        const objects = [
            { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "config.alloy": text } },
            { apiVersion: "apps/v1", kind: "DaemonSet", metadata, spec: { template: { spec } } },
        ];
        assert.deepEqual([...judged(...objects), ...shown(checkTailSamplingOrder(objects, parseYaml))], []);
    });
});
