import assert from "node:assert/strict";
import { renderJaegerConfig } from "../../../../components/render/jaegerConfig";
import { renderPrometheusConfig } from "../../../../components/render/prometheusConfig";
import { at, listAt } from "../../../../shared/values/plainObjects";

const storage = { type: "memory", maxTraces: 1000 } as const;
const prometheusUrl = "http://prometheus.monitoring:9090";

describe("Jaeger's configuration with metrics from spans", () => {
    it("counts spans beside storing them, and queries the counts where the settings say", () => {
        const config = renderJaegerConfig({ storage, metrics: { prometheusUrl }, extra: {} });
        assert.deepEqual(at(config, "service", "pipelines"), {
            traces: {
                ...{ receivers: ["otlp", "zipkin"], processors: ["batch"] },
                exporters: ["jaeger_storage_exporter", "spanmetrics"],
            },
            "metrics/spanmetrics": { receivers: ["spanmetrics"], exporters: ["prometheus"] },
        });
        assert.deepEqual(at(config, "extensions", "jaeger_query", "storage"), { traces: "main", metrics: "main" });
        assert.equal(
            at(config, "extensions", "jaeger_storage", "metric_backends", "main", "prometheus", "endpoint"),
            prometheusUrl,
        );
    });

    it("marks counts of a sample on every series, and only those", () => {
        const labels = (sampled?: { lowestPercent: number; highestPercent: number }): unknown =>
            at(
                renderJaegerConfig({ storage, metrics: { prometheusUrl, ...(sampled && { sampled }) }, extra: {} }),
                ...["exporters", "prometheus", "const_labels"],
            );
        assert.equal(labels(), undefined);
        assert.deepEqual(labels({ lowestPercent: 1, highestPercent: 1 }), { sampling_percent: "1" });
        assert.deepEqual(labels({ lowestPercent: 0.5, highestPercent: 100 }), { sampling_percent: "0.5-100" });
    });

    it("takes other buckets and intervals from jaeger.config", () => {
        const spanmetrics = { histogram: { explicit: { buckets: ["5ms"] } }, metrics_flush_interval: "60s" };
        const config = renderJaegerConfig({
            ...{ storage, metrics: { prometheusUrl } },
            extra: { connectors: { spanmetrics } },
        });
        assert.deepEqual(at(config, "connectors", "spanmetrics", "histogram"), spanmetrics.histogram);
        assert.equal(at(config, "connectors", "spanmetrics", "metrics_flush_interval"), "60s");
        assert.deepEqual(at(config, "connectors", "spanmetrics", "exemplars"), { enabled: true });
    });

    it("is as before without metrics", () => {
        const config = renderJaegerConfig({ storage, extra: {} });
        assert.equal(config["connectors"], undefined);
        assert.deepEqual(at(config, "extensions", "jaeger_query", "storage"), { traces: "main" });
    });
});

describe("the configuration of the stack's own Prometheus", () => {
    it("scrapes Jaeger, the metrics from spans, a Collector tier, istiod, the doctor, the sidecars and itself", () => {
        const jobs = listAt(renderPrometheusConfig(), "scrape_configs").map((job) => job["job_name"]);
        assert.deepEqual(jobs, [...["prometheus", "jaeger", "span-metrics", "tier", "istiod", "doctor", "envoy"]]);
    });
});
