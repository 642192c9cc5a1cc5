import type { BadConfiguration } from "./refusal";

const URL_KEY = "metrics.prometheusUrl";
const ALL = { samplingPercent: "100" };
const STACK = { "metrics.deployPrometheus": "true" };

/** What cannot be said of metrics. */
export const BAD_METRICS: BadConfiguration[] = [
    ["a Prometheus without a scheme", { ...ALL, [URL_KEY]: "prometheus:9090" }, URL_KEY, /http\(s\):\/\/HOST:PORT/],
    ["a Prometheus by another protocol", { ...ALL, [URL_KEY]: "grpc://prometheus:9090" }, URL_KEY, /http\(s\)/],
    ["a password in the URL", { ...ALL, [URL_KEY]: "http://u:geheim@prometheus:9090" }, URL_KEY, /without user/],
    ["a variable in the URL", { ...ALL, [URL_KEY]: "http://${env:HOST}:9090" }, URL_KEY, /without user/],
    ["a query in the URL", { ...ALL, [URL_KEY]: "http://prometheus:9090/?dedup=true" }, URL_KEY, /query/],
    ["a list of URLs", { ...ALL, [URL_KEY]: '["http://a:9090"]' }, URL_KEY, /the URL of a Prometheus/],
    ["a URL without end", { ...ALL, [URL_KEY]: `http://a/${"b".repeat(2000)}` }, URL_KEY, /the URL of a Prometheus/],
    ["a Prometheus as a word", { "metrics.deployPrometheus": "yes" }, "metrics.deployPrometheus", /true \(/],
    [
        "an unknown name in metrics",
        { "metrics.prometheusURL": "http://a:9090" },
        "metrics.prometheusURL",
        /prometheusUrl/,
    ],
    [
        "two of them",
        { ...ALL, ...STACK, [URL_KEY]: "http://prometheus:9090" },
        "metrics.deployPrometheus",
        /already names a Prometheus/,
    ],
    [
        "metrics without a Jaeger that makes them",
        { ...ALL, ...STACK, "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" },
        "metrics.deployPrometheus",
        /because jaeger\.deploy is false/,
    ],
    ["metrics of one request in a hundred", STACK, "metrics.fromSampledSpans", /fewer than 100 percent/],
    [
        "metrics of a namespace that records half",
        { ...ALL, ...STACK, namespaces: '{"shop":{"samplingPercent":50}}' },
        "metrics.fromSampledSpans",
        /fewer than 100 percent/,
    ],
    [
        "sampled metrics that nobody makes",
        { "metrics.fromSampledSpans": "true" },
        "metrics.fromSampledSpans",
        /nothing unless there is a Prometheus/,
    ],
    ["an unknown operator", { "metrics.operator": "all" }, "metrics.operator", /none, jaeger/],
    [
        "a label that is none",
        { "metrics.operatorLabels": '{"a b":"x"}' },
        "metrics.operatorLabels.a b",
        /a key of 1 to 63/,
    ],
    ["labels as a list", { "metrics.dashboardLabels": '["grafana"]' }, "metrics.dashboardLabels", /an object of/],
    [
        "dashboards of a Jaeger that is not deployed",
        { "metrics.dashboards": "true", "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" },
        "metrics.dashboards",
        /because jaeger\.deploy is false/,
    ],
    [
        "logs that no output names",
        { "metrics.lokiUrl": "http://loki:3100" },
        "metrics.lokiUrl",
        /unless metrics\.outputs/,
    ],
    [
        "logs with a password in the URL",
        { "metrics.lokiUrl": "http://u:geheim@loki:3100", "metrics.outputs": "true" },
        "metrics.lokiUrl",
        /without user/,
    ],
    [
        "another URL in Jaeger's own configuration",
        {
            ...{ ...ALL, ...STACK },
            "jaeger.config":
                '{"extensions":{"jaeger_storage":{"metric_backends":{"main":{"prometheus":{"endpoint":"http://a:9090"}}}}}}',
        },
        "jaeger.config.extensions.jaeger_storage.metric_backends.main.prometheus.endpoint",
        /which the program decides/,
    ],
    [
        "Jaeger's pipelines without the metrics",
        {
            ...{ ...ALL, ...STACK },
            "jaeger.config": '{"service":{"pipelines":{"traces":{"exporters":["jaeger_storage_exporter"]}}}}',
        },
        "jaeger.config.service.pipelines.traces.exporters",
        /a list that also contains "spanmetrics"/,
    ],
];
