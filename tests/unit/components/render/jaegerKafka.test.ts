import assert from "node:assert/strict";
import { PLAIN_PODS } from "../../../../components/pods";
import { renderJaegerConfig } from "../../../../components/render/jaegerConfig";
import { renderJaegerDeployment } from "../../../../components/render/jaegerWorkload";
import { DEFAULT_RESOURCES } from "../../../../components/resources";
import type { JaegerRole } from "../../../../components/roles";
import type { Kafka } from "../../../../components/kafka";
import type { SearchStorage } from "../../../../components/storage";
import { at, itemsAt, mapAt, type PlainObject } from "../../../../shared/values/plainObjects";

const STORAGE: SearchStorage = { type: "opensearch", serverUrls: ["https://a:9200"] };
const KAFKA: Kafka = {
    ...{ brokers: ["kafka-0:9093"], topic: "spans", partitions: 6, username: "ja$eger", mechanism: "SCRAM-SHA-512" },
    tls: { ca: "configmap:kafka-ca", serverName: "kafka" },
};
const METRICS = { prometheusUrl: "http://prometheus:9090" };

const configOf = (role: JaegerRole, extra: PlainObject = {}): PlainObject =>
    renderJaegerConfig({ storage: STORAGE, kafka: KAFKA, metrics: METRICS, extra, role });
const podOf = (name: JaegerRole): PlainObject =>
    mapAt(
        renderJaegerDeployment({
            ...{
                namespace: "x",
                image: "jaeger:1",
                imagePullPolicy: "Always",
                pods: PLAIN_PODS,
                platformUserIds: false,
            },
            ...{ storage: STORAGE, resources: DEFAULT_RESOURCES.jaeger, configMapName: "config-1", configHash: "a" },
            storageObjects: { secret: "storage-1", authority: "storage-ca-1" },
            kafkaObjects: { secret: "kafka-1", authority: "kafka-ca" },
            role: { name, scale: { min: 2, max: 2, cpuPercent: 75 } },
        }),
        ...["spec", "template", "spec"],
    );
const pipelineOf = (config: PlainObject, name: string): PlainObject => mapAt(config, "service", "pipelines", name);

describe("Kafka between Jaeger's collectors and its storage", () => {
    it("takes spans before they are acknowledged, and needs no storage for that", () => {
        const config = configOf("collector");
        const pipeline = pipelineOf(config, "traces");
        assert.deepEqual(itemsAt(pipeline, "exporters"), ["kafka", "spanmetrics"]);
        assert.deepEqual(itemsAt(pipeline, "processors"), []);
        assert.deepEqual(itemsAt(config, "service", "extensions"), ["healthcheckv2"]);
        assert.deepEqual(Object.keys(mapAt(config, "extensions")), ["healthcheckv2"]);
        assert.deepEqual(Object.keys(mapAt(config, "receivers")), ["otlp", "zipkin"]);
        assert.equal(at(config, "exporters", "jaeger_storage_exporter"), undefined);
        const kafka = mapAt(config, "exporters", "kafka");
        assert.equal(at(kafka, "sending_queue", "enabled"), false);
        // Jaeger refuses a longest interval above the whole time.
        const retry = { initial_interval: "500ms", max_interval: "5s", max_elapsed_time: "10s" };
        assert.deepEqual(at(kafka, "retry_on_failure"), retry);
        assert.equal(at(kafka, "producer", "required_acks"), "all");
        assert.deepEqual(at(kafka, "traces"), { topic: "spans", encoding: "otlp_proto" });
    });

    it("is read by ingesters, for which a span counts as read when it is stored", () => {
        const config = configOf("ingester");
        assert.deepEqual(mapAt(config, "service", "pipelines"), {
            "traces/ingester": { receivers: ["kafka"], processors: [], exporters: ["jaeger_storage_exporter"] },
        });
        assert.deepEqual(itemsAt(config, "service", "extensions"), ["jaeger_storage", "healthcheckv2"]);
        assert.equal(config["connectors"], undefined);
        const kafka = mapAt(config, "receivers", "kafka");
        assert.deepEqual(at(kafka, "message_marking"), { after: true, on_error: false, on_permanent_error: true });
        assert.equal(at(kafka, "error_backoff", "max_elapsed_time"), "0s");
        assert.equal(at(kafka, "group_id"), "jaeger-ingester");
        assert.equal(at(kafka, "initial_offset"), "earliest");
    });

    it("is none of the query server's business", () => {
        const config = configOf("query");
        assert.deepEqual([config["receivers"], config["exporters"]], [{ nop: {} }, { nop: {} }]);
        assert.equal(at(config, "extensions", "jaeger_query", "storage", "traces"), "main");
    });

    it("gets the login and the authority as files, from which Jaeger reads them", () => {
        for (const [role, part] of [
            ["collector", "exporters"],
            ["ingester", "receivers"],
        ] as const) {
            const kafka = mapAt(configOf(role), part, "kafka");
            assert.deepEqual(at(kafka, "auth", "sasl"), {
                ...{ username: "ja$$eger", password: "${file:/etc/jaeger-kafka/password}", mechanism: "SCRAM-SHA-512" },
            });
            assert.deepEqual(at(kafka, "tls"), {
                ...{ ca_file: "/etc/jaeger-kafka-ca/ca.crt", server_name_override: "kafka" },
            });
            assert.equal(at(kafka, "client_id"), `jaeger-${role}`);
        }
    });

    it("gives each role only the logins that it uses", () => {
        const volumesOf = (role: JaegerRole): unknown[] =>
            itemsAt(podOf(role), "volumes").map((one) => at(one, "name"));
        const [storage, kafka] = [
            ["storage-password", "storage-ca"],
            ["kafka-password", "kafka-ca"],
        ];
        assert.deepEqual(volumesOf("collector"), ["config", ...kafka]);
        assert.deepEqual(volumesOf("ingester"), ["config", ...storage, ...kafka]);
        assert.deepEqual(volumesOf("query"), ["config", ...storage]);
        const [container] = itemsAt(podOf("ingester"), "containers");
        assert.deepEqual(
            itemsAt(container, "ports").map((port) => at(port, "name")),
            ["http-health", "http-metrics"],
        );
        assert.equal(at(container, "lifecycle"), undefined);
    });

    it("lets further configuration have processors in both halves, and other limits of Kafka", () => {
        const extra = {
            processors: { filter: { traces: {} }, tail_sampling: { policies: [] } },
            service: {
                pipelines: { "traces/ingester": { processors: ["tail_sampling"] }, traces: { processors: ["filter"] } },
            },
            exporters: { kafka: { producer: { max_message_bytes: 5000 } } },
        };
        const ingester = configOf("ingester", extra);
        assert.deepEqual(Object.keys(mapAt(ingester, "processors")), ["tail_sampling"]);
        assert.deepEqual(itemsAt(pipelineOf(ingester, "traces/ingester"), "processors"), ["tail_sampling"]);
        const collector = configOf("collector", extra);
        assert.deepEqual(itemsAt(pipelineOf(collector, "traces"), "processors"), ["filter"]);
        assert.equal(at(collector, "exporters", "kafka", "producer", "max_message_bytes"), 5000);
        assert.equal(at(collector, "exporters", "kafka", "producer", "required_acks"), "all");
    });
});
