import assert from "node:assert/strict";
import { renderJaegerConfig } from "../../../../components/render/jaegerConfig";
import { renderIndexCleaners } from "../../../../components/render/jaegerRetention";
import { renderAutoscaler, renderDisruptionBudget } from "../../../../components/render/jaegerRoles";
import { renderJaegerDeployment } from "../../../../components/render/jaegerWorkload";
import { PLAIN_PODS } from "../../../../components/pods";
import { DEFAULT_RESOURCES } from "../../../../components/resources";
import type { JaegerRole, RoleScale } from "../../../../components/roles";
import type { SearchStorage } from "../../../../components/storage";
import { at, itemsAt, mapAt, textAt, type PlainObject } from "../../../../shared/values/plainObjects";

const STORAGE: SearchStorage = { type: "opensearch", serverUrls: ["https://a:9200", "https://b:9200"] };
const ACCESS = { basePath: "/jaeger", usersSecret: "users" };
const FIXED: RoleScale = { min: 3, max: 3, cpuPercent: 75 };
const METRICS = { prometheusUrl: "http://prometheus:9090" };

const configOf = (role: JaegerRole, extra: PlainObject = {}): PlainObject =>
    renderJaegerConfig({ storage: STORAGE, metrics: METRICS, extra, access: ACCESS, role });
const common = {
    ...{ namespace: "istio-system", image: "jaeger:1", imagePullPolicy: "Always", pods: PLAIN_PODS },
    ...{ storage: STORAGE, storageObjects: {}, platformUserIds: false },
};
const deployment = (name: JaegerRole, scale = FIXED): unknown =>
    renderJaegerDeployment({
        ...{ ...common, resources: DEFAULT_RESOURCES.jaeger, metrics: METRICS },
        ...{ configMapName: "config-1", configHash: "abc", role: { name, scale } },
    });
const portsOf = (role: JaegerRole): unknown[] => {
    const [container] = itemsAt(deployment(role), "spec", "template", "spec", "containers");
    return itemsAt(container, "ports").map((port) => at(port, "name"));
};

describe("Jaeger in roles", () => {
    it("has a collector that stores spans and serves no query", () => {
        const config = configOf("collector");
        assert.deepEqual(itemsAt(config, "service", "extensions"), ["jaeger_storage", "healthcheckv2"]);
        assert.equal(at(config, "extensions", "jaeger_query"), undefined);
        assert.deepEqual(itemsAt(config, "service", "pipelines", "traces", "receivers"), ["otlp", "zipkin"]);
        assert.deepEqual(portsOf("collector"), [
            ...["grpc-otlp", "http-otlp", "http-zipkin", "http-health", "http-metrics", "http-spans"],
        ]);
    });

    it("ends connections after a while, so that senders outside of the mesh find new collectors", () => {
        const path = ["receivers", "otlp", "protocols", "grpc", "keepalive", "server_parameters"];
        const given = (age: string): PlainObject =>
            path.reduceRight<PlainObject>((inner, key) => ({ [key]: inner }), {
                max_connection_age: age,
            });
        assert.equal(at(configOf("collector"), ...path, "max_connection_age"), "30s");
        assert.equal(at(configOf("collector", given("5m")), ...path, "max_connection_age"), "5m");
        const one = renderJaegerConfig({ storage: STORAGE, extra: {} });
        assert.equal(at(one, ...path), undefined);
    });

    it("has a query server with the same storage, below the path and behind the password, that takes no span", () => {
        const config = configOf("query");
        assert.deepEqual(config["receivers"], { nop: {} });
        assert.deepEqual(Object.keys(mapAt(config, "service", "pipelines")), ["traces"]);
        assert.equal(at(config, "extensions", "jaeger_query", "base_path"), "/jaeger");
        assert.equal(at(config, "extensions", "jaeger_query", "enable_tracing"), false);
        assert.equal(at(config, "extensions", "jaeger_query", "http", "auth", "authenticator"), "basicauth/ui");
        assert.deepEqual(mapAt(config, "extensions", "jaeger_storage"), {
            ...mapAt(configOf("collector"), "extensions", "jaeger_storage"),
        });
        assert.deepEqual(portsOf("query"), ["http-query", "grpc-query", "http-health", "http-metrics"]);
    });

    it("takes further configuration where its role has the part, and names the role in its metrics", () => {
        const extra = {
            processors: { filter: { traces: {} } },
            service: {
                pipelines: { traces: { processors: ["filter", "batch"] } },
                telemetry: { logs: { level: "debug" } },
            },
        };
        assert.deepEqual(itemsAt(configOf("collector", extra), "service", "pipelines", "traces", "processors"), [
            ...["filter", "batch"],
        ]);
        assert.equal(configOf("query", extra)["processors"], undefined);
        for (const role of ["collector", "query"] as const) {
            assert.equal(at(configOf(role, extra), "service", "telemetry", "logs", "level"), "debug");
            assert.deepEqual(mapAt(configOf(role), "service", "telemetry", "resource"), {
                ...{ "service.name": "jaeger", "jaeger.role": role },
            });
        }
    });

    it("has pods on several zones and nodes, all but one of which a drained node leaves, and which end late", () => {
        const spec = mapAt(deployment("query"), "spec", "template", "spec");
        const keys = itemsAt(spec, "topologySpreadConstraints").map((one) => at(one, "topologyKey"));
        assert.deepEqual(keys, ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]);
        assert.equal(at(itemsAt(spec, "containers")[0], "lifecycle", "preStop", "sleep", "seconds"), 5);
        assert.equal(at(renderDisruptionBudget("query", "x"), "spec", "maxUnavailable"), 1);
    });

    it("starts with its fewest pods, also where an autoscaler decides from then on", () => {
        const varying = { min: 2, max: 6, cpuPercent: 60 };
        assert.equal(at(deployment("collector"), "spec", "replicas"), 3);
        // Without a number, Kubernetes would start one pod, and go back to one from a fixed number.
        assert.equal(at(deployment("collector", varying), "spec", "replicas"), 2);
        // An autoscaler that is gone has left a number, with which the fixed one would conflict.
        const force = (scale: RoleScale): unknown =>
            at(deployment("collector", scale), "metadata", "annotations", "pulumi.com/patchForce");
        assert.deepEqual([force(FIXED), force(varying)], ["true", undefined]);
        assert.equal(renderAutoscaler("collector", "x", FIXED), undefined);
        const spec = mapAt(renderAutoscaler("collector", "x", varying), "spec");
        assert.deepEqual([spec["minReplicas"], spec["maxReplicas"]], [2, 6]);
        assert.equal(at(itemsAt(spec, "metrics")[0], "resource", "target", "averageUtilization"), 60);
    });
});

describe("the retention of a search engine", () => {
    const cleaners = (storage: Partial<SearchStorage>, storageObjects = {}): unknown[] =>
        renderIndexCleaners({ ...common, storage: { ...STORAGE, ...storage, retentionHours: 168 }, storageObjects });
    const job = (storage: Partial<SearchStorage>, storageObjects = {}): PlainObject =>
        mapAt(cleaners(storage, storageObjects)[0], ...["spec", "jobTemplate", "spec", "template", "spec"]);
    const container = (pod: PlainObject): unknown => itemsAt(pod, "containers")[0];

    it("deletes an index only when its last span is as old, once a day", () => {
        // The cleaner counts from the next midnight, and an index is a day older than its last span.
        assert.deepEqual(at(container(job({})), "args"), ["8", "https://a:9200"]);
        assert.deepEqual(at(container(job({})), "env"), []);
    });

    it("asks each server with a job of its own, since one may be away, and three at most", () => {
        const serverUrls = ["https://a:9200", "https://b:9200", "https://c:9200", "https://d:9200"];
        const jobs = cleaners({ serverUrls });
        assert.deepEqual(
            jobs.map((one) => [textAt(one, "metadata", "name"), textAt(one, "spec", "schedule")]),
            [
                ["jaeger-index-cleaner", "5 0 * * *"],
                ["jaeger-index-cleaner-2", "25 0 * * *"],
                ["jaeger-index-cleaner-3", "45 0 * * *"],
            ],
        );
        const containers = jobs.map((one) => {
            const pod = mapAt(one, "spec", "jobTemplate", "spec", "template", "spec");
            return itemsAt(container(pod), "args")[1];
        });
        assert.deepEqual(containers, serverUrls.slice(0, 3));
    });

    it("logs in as Jaeger does, with the password from the Secret alone", () => {
        const pod = job(
            { indexPrefix: "prod", username: "jaeger", tls: { ca: "configmap:ca", serverName: "search" } },
            { secret: "password-1", authority: "ca" },
        );
        assert.deepEqual(at(container(pod), "env"), [
            { name: "INDEX_PREFIX", value: "prod" },
            { name: "ES_USERNAME", value: "jaeger" },
            { name: "ES_TLS_ENABLED", value: "true" },
            { name: "ES_TLS_CA", value: "/etc/jaeger-storage-ca/ca.crt" },
            { name: "ES_TLS_SERVER_NAME", value: "search" },
            { name: "ES_PASSWORD", valueFrom: { secretKeyRef: { name: "password-1", key: "password" } } },
        ]);
        assert.deepEqual(at(pod, "volumes"), [{ name: "storage-ca", configMap: { name: "ca" } }]);
    });
});
