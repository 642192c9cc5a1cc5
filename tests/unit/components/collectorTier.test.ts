import assert from "node:assert/strict";
import { resolveCollectorTier } from "../../../components/tierRules";
import type { CollectorTierArgs } from "../../../components/collectorTier";
import { collectorTierArgs } from "../../../components/stackTier";
import { plain, planProgram, type PlannedResource } from "../../../plan";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { at, itemsAt, listAt, mapAt } from "../../../shared/values/plainObjects";
import { assertRefused } from "./refusals";
import { settingsOf } from "./settings/helpers";

const KEEP = { slowMs: 1000, restPercent: 1 };
const STACK = { "collectorTier.enabled": "true", "collectorTier.keep": JSON.stringify(KEEP) };
const LEAST: CollectorTierArgs = {
    ...{ namespace: "tracing", namespaceName: "tracing", layout: "single" },
    jaegerHost: "jaeger-collector.tracing.svc.cluster.local",
};

async function planned(raw: Record<string, string>, encrypted: string[] = []): Promise<PlannedResource[]> {
    const resources: PlannedResource[] = [];
    await planProgram(setPaths({}, raw), "test", resources, encrypted);
    return resources;
}

const find = (resources: PlannedResource[], kind: string, name: string): PlannedResource | undefined =>
    resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);

describe("CollectorTier", () => {
    it("does with the least of arguments what the program does", () => {
        const args = collectorTierArgs(settingsOf({ ...STACK, "istio.namespace": "tracing" }));
        const whole = resolveCollectorTier("x", { ...LEAST, ...args, namespace: "tracing" });
        assert.equal(whole.config.tier.layout, "split");
        const least = resolveCollectorTier("x", LEAST);
        assert.deepEqual({ ...least, layout: "split", keep: whole.keep, config: {} }, { ...whole, config: {} });
        assert.deepEqual(least.config.backends, whole.config.backends);
    });

    it("refuses what is empty, of another type, or contradictory", () => {
        assertRefused(resolveCollectorTier, LEAST, {
            namespace: ["", 5],
            namespaceName: ["", 5],
            layout: ["two"],
            keep: [{ errors: "maybe" }, 5],
            samplers: [0, "2"],
            routers: [{ min: 5, max: 1 }, 2],
            backends: [{ a: {} }, []],
            headers: [{ a: "b" }, 5],
            jaegerHost: ["", 5],
            decisionWaitSeconds: [0, "10"],
            image: ["otelcol", 5],
            samplerResources: [{}, { requests: { cpu: "2" }, limits: { cpu: "1" } }],
            routerPods: ["x"],
        });
    });

    it("is outside of the mesh, so that it does not trace itself", async () => {
        const resources = await planned(STACK);
        for (const [kind, name] of [
            ["Deployment", "tracing-router"],
            ["StatefulSet", "tracing-sampler"],
        ] as const) {
            const template = at(plain(find(resources, kind, name)?.inputs), "spec", "template");
            assert.equal(at(template, "metadata", "labels", "sidecar.istio.io/inject"), "false");
            assert.equal(at(template, "metadata", "labels", "istio.io/dataplane-mode"), "none");
            assert.equal(at(template, "spec", "terminationGracePeriodSeconds"), 60);
        }
    });

    it("takes spans at a Service with a cluster IP, and finds samplers by a headless one", async () => {
        const resources = await planned(STACK);
        const spec = (name: string): unknown => at(plain(find(resources, "Service", name)?.inputs), "spec");
        assert.equal(at(spec("tracing-collector"), "clusterIP"), undefined);
        assert.deepEqual(at(spec("tracing-collector"), "selector"), { app: "tracing-router" });
        assert.equal(at(spec("tracing-sampler"), "clusterIP"), "None");
        const single = await planned({ ...STACK, "collectorTier.layout": "single" });
        assert.deepEqual(at(plain(find(single, "Service", "tracing-collector")?.inputs), "spec", "selector"), {
            app: "tracing-sampler",
        });
        assert.equal(find(single, "Deployment", "tracing-router"), undefined);
    });

    it("takes the number of routers back from an autoscaler that is gone", async () => {
        const force = (resources: PlannedResource[]): unknown =>
            at(
                plain(find(resources, "Deployment", "tracing-router")?.inputs),
                ...["metadata", "annotations", "pulumi.com/patchForce"],
            );
        assert.equal(force(await planned({ ...STACK, "collectorTier.routers": '{"min":3,"max":3}' })), "true");
        assert.equal(force(await planned({ ...STACK, "collectorTier.routers": '{"min":3,"max":6}' })), undefined);
    });

    it("gives the routers the right to look for samplers only where they ask the API server", async () => {
        const rules = (resources: PlannedResource[]): unknown =>
            at(plain(find(resources, "Role", "tracing-router")?.inputs), "rules");
        assert.deepEqual(rules(await planned(STACK)), [
            { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
        ]);
        const dns = await planned({ ...STACK, "collectorTier.resolver": "dns" });
        assert.equal(rules(dns), undefined);
        const pod = at(plain(find(dns, "Deployment", "tracing-router")?.inputs), "spec", "template", "spec");
        assert.equal(at(pod, "automountServiceAccountToken"), false);
    });

    it("keeps headers in a Secret, and their names alone in the configuration", async () => {
        const backends = '{"vendor":{"address":"otel.example.com:4317"}}';
        const headers = '{"vendor":{"x-key":"geheim"}}';
        const raw = { ...STACK, "collectorTier.backends": backends, collectorTierHeaders: headers };
        const resources = await planned(raw, ["collectorTierHeaders"]);
        const config = find(resources, "ConfigMap", "tracing-sampler-config");
        assert.match(JSON.stringify(config?.inputs), /\$\{env:HEADER_1_0\}/);
        const withSecret = resources.filter(({ inputs }) => JSON.stringify(plain(inputs)).includes("geheim"));
        assert.deepEqual(
            withSecret.map(({ name }) => name).filter((name) => name !== "collector-tier"),
            ["tracing-sampler-headers"],
        );
    });

    it("balances over every collector of a Jaeger in roles, and calls one Jaeger at its Service", async () => {
        const storage = JSON.stringify({ type: "opensearch", serverUrls: ["https://search.example.com:9200"] });
        const roles = JSON.stringify({ collector: { min: 2, max: 6 } });
        const inRoles = await planned({ ...STACK, "jaeger.storage": storage, "jaeger.roles": roles });
        const endpoint = (resources: PlannedResource[]): unknown => {
            const text = at(
                plain(find(resources, "ConfigMap", "tracing-sampler-config")?.inputs),
                "data",
                "config.yaml",
            );
            return at(JSON.parse(String(text)), "exporters", "otlp_grpc/jaeger", "endpoint");
        };
        assert.equal(endpoint(inRoles), "jaeger-collector-headless.istio-system.svc.cluster.local:4317");
        const service = at(plain(find(inRoles, "Service", "jaeger-collector-headless")?.inputs), "spec");
        assert.equal(at(service, "clusterIP"), "None");
        assert.deepEqual(at(service, "selector"), { app: "jaeger", "app.kubernetes.io/component": "collector" });
        const single = await planned(STACK);
        assert.equal(endpoint(single), "jaeger-collector.istio-system.svc.cluster.local:4317");
        assert.equal(find(single, "Service", "jaeger-collector-headless"), undefined);
    });

    it("is the only sender of spans to a Jaeger that is closed to all but the mesh", async () => {
        const resources = await planned({ ...STACK, ui: '{"jaegerAccess":"mesh"}' });
        const policy = plain(find(resources, "NetworkPolicy", "jaeger-access-spans")?.inputs);
        const [spans, others] = listAt(policy, "spec", "ingress");
        assert.deepEqual(
            itemsAt(spans, "ports").map((port) => at(port, "port")),
            [4317, 4318, 9411],
        );
        assert.deepEqual(itemsAt(spans, "from"), [{ podSelector: { matchLabels: { app: "tracing-sampler" } } }]);
        assert.deepEqual(
            itemsAt(others, "ports").map((one) => [at(one, "port"), at(one, "endPort")]),
            [
                ...[
                    [1, 4316],
                    [4319, 9410],
                ],
                [9412, 65535],
            ],
        );
        const jaeger = plain(find(resources, "Deployment", "jaeger")?.inputs);
        const annotations = mapAt(jaeger, "spec", "template", "metadata", "annotations");
        assert.equal(annotations["traffic.sidecar.istio.io/excludeInboundPorts"], "4317,4318,9411");
    });
});
