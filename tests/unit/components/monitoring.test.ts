import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { monitoringArgs } from "../../../components/monitoringArguments";
import { DASHBOARD_FILES, resolveMonitoring, type MonitoringArgs } from "../../../components/monitoring";
import { renderAlertRules, type AlertRulesSpec } from "../../../components/render/alertRules";
import { renderGrafanaDataSources, renderKialiTracing } from "../../../components/render/grafana";
import { plain, planProgram, type PlannedResource } from "../../../plan";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { at, listAt, mapAt, type PlainObject } from "../../../shared/values/plainObjects";
import { assertRefused } from "./refusals";
import { settingsOf } from "./settings/helpers";

const FOLDER = join(__dirname, "../../../dashboards/json");
const ALERTS: AlertRulesSpec = {
    collectorHost: "jaeger-collector.tracing.svc.cluster.local",
    tracer: "opentelemetry",
    comparesReception: true,
};
const KEEP = { "collectorTier.keep": '{"restPercent":1}' };
const ROLES = {
    "jaeger.storage": JSON.stringify({ type: "opensearch", serverUrls: ["https://search.example.com:9200"] }),
    "jaeger.roles": JSON.stringify({ collector: { min: 2 }, query: { min: 2 } }),
};
const LEAST: MonitoringArgs = { namespace: "tracing", alerts: ALERTS };
const URL = "http://prometheus.monitoring:9090";

async function planned(raw: Record<string, string>): Promise<PlannedResource[]> {
    const resources: PlannedResource[] = [];
    await planProgram(setPaths({}, raw), "test", resources, []);
    return resources;
}
const inputsOf = (resources: PlannedResource[], name: string): PlainObject =>
    plain(resources.find((one) => one.name === name)?.inputs) as PlainObject;

describe("Monitoring", () => {
    it("refuses what is empty or of another type", () => {
        assertRefused(resolveMonitoring, LEAST, {
            namespace: ["", 5],
            operator: ["all", true],
            operatorLabels: [{ "a b": "x" }, "x"],
            dashboards: ["true"],
            dashboardLabels: [{ a: "-" }],
            hasSpanMetrics: [1],
            alerts: [
                ...[{}, { ...ALERTS, collectorHost: "a b" }, { ...ALERTS, tracer: "jaeger" }, 5],
                ...[
                    { ...ALERTS, inRoles: "yes" },
                    { ...ALERTS, hasIngester: 1 },
                    { ...ALERTS, tier: "double" },
                ],
            ],
        });
    });

    it("gives nothing to others unless the stack asks for it", async () => {
        assert.equal(monitoringArgs(settingsOf({})), undefined);
        const names = (await planned({})).map(({ name }) => name);
        assert.deepEqual(
            names.filter((name) => name.startsWith("monitoring")),
            [],
        );
    });

    it("announces Jaeger's metrics by annotations, one Service for each port", async () => {
        const resources = await planned({ samplingPercent: "100", "metrics.prometheusUrl": URL });
        const ports = ["monitoring-jaeger-metrics", "monitoring-jaeger-span-metrics"].map((name) =>
            at(inputsOf(resources, name), "metadata", "annotations", "prometheus.io/port"),
        );
        assert.deepEqual(ports, ["8888", "8889"]);
    });

    it("gives the operator monitors and alerts with the user's labels, and no annotations beside them", async () => {
        const resources = await planned({ "metrics.operator": "mesh", "metrics.operatorLabels.release": "prom" });
        for (const [name, kind] of [
            ["monitoring-jaeger", "ServiceMonitor"],
            ["monitoring-alerts", "PrometheusRule"],
            ["monitoring-istiod", "PodMonitor"],
            ["monitoring-sidecars", "PodMonitor"],
        ] as const) {
            const object = inputsOf(resources, name);
            assert.equal(object["kind"], kind);
            assert.deepEqual(at(object, "metadata", "labels"), { release: "prom" });
        }
        const annotations = mapAt(inputsOf(resources, "monitoring-jaeger-metrics"), "metadata", "annotations");
        assert.deepEqual(Object.keys(annotations), ["pulumi.com/skipAwait"]);
        // Without metrics from spans, there is nothing at their port.
        assert.equal(listAt(inputsOf(resources, "monitoring-jaeger"), "spec", "endpoints").length, 1);
        assert.equal(
            resources.some(({ name }) => name === "monitoring-jaeger-span-metrics"),
            false,
        );
    });

    it("reads the metrics of every part of a tier, and those from spans only where they are served", async () => {
        const tier = { "metrics.operator": "jaeger", "collectorTier.enabled": "true", ...KEEP };
        const selected = async (raw: Record<string, string>): Promise<object> => {
            const resources = await planned(raw);
            const monitor = mapAt(inputsOf(resources, "monitoring-jaeger"), "spec", "selector", "matchLabels");
            const services = resources.filter(
                ({ type, name }) => type.endsWith(":Service") && name.startsWith("monitoring"),
            );
            return Object.fromEntries(
                services.map(({ name }) => {
                    const service = inputsOf(resources, name);
                    for (const [label, value] of Object.entries(monitor))
                        assert.equal(at(service, "metadata", "labels", label), value);
                    return [name.replace("monitoring-", ""), at(service, "spec", "selector")];
                }),
            );
        };
        const router = { "tracing-router-metrics": { app: "tracing-router" } };
        const sampler = { "tracing-sampler-metrics": { app: "tracing-sampler" } };
        const jaeger = { "jaeger-metrics": { app: "jaeger" } };
        assert.deepEqual(await selected(tier), { ...jaeger, ...router, ...sampler });
        assert.deepEqual(await selected({ ...tier, "collectorTier.layout": "single" }), { ...jaeger, ...sampler });
        const fromSpans = { samplingPercent: "100", "metrics.operator": "jaeger", "metrics.prometheusUrl": URL };
        assert.deepEqual(await selected({ ...fromSpans, ...ROLES }), {
            ...jaeger,
            "jaeger-span-metrics": { app: "jaeger", "app.kubernetes.io/component": "collector" },
        });
        const monitor = inputsOf(await planned(tier), "monitoring-jaeger");
        assert.deepEqual(at(monitor, "spec", "endpoints"), [{ port: "http-metrics", interval: "15s" }]);
    });

    it("alerts when a role of Jaeger's or a part of a tier is gone, where there is one", () => {
        const absent = (raw: Record<string, string>): string[] =>
            renderAlertRules(monitoringArgs(settingsOf({ "metrics.operator": "jaeger", ...raw }))?.alerts ?? ALERTS)
                .filter(({ expr }) => expr.includes("absent("))
                .flatMap(({ expr }) => [...expr.matchAll(/target_info\{(.*?)\}/g)].map(([, labels]) => labels ?? ""));
        const jaeger = 'service_name="jaeger"';
        assert.deepEqual(absent({}), [jaeger]);
        assert.deepEqual(absent(ROLES), [
            jaeger,
            ...["collector", "query"].map((role) => `${jaeger},jaeger_role="${role}"`),
        ]);
        const kafka = { "jaeger.kafka": JSON.stringify({ brokers: ["kafka:9092"], topic: "spans", partitions: 2 }) };
        assert.deepEqual(absent({ ...ROLES, ...kafka }), [
            jaeger,
            ...["collector", "ingester", "query"].map((role) => `${jaeger},jaeger_role="${role}"`),
        ]);
        const [router, sampler] = ["router", "sampler"].map((part) => `service_name="tracing-${part}"`);
        const tier = { "collectorTier.enabled": "true", ...KEEP };
        assert.deepEqual(absent(tier), [jaeger, router, sampler]);
        assert.deepEqual(absent({ ...tier, "collectorTier.layout": "single" }), [jaeger, sampler]);
    });

    it("leaves the mesh's own pods to others with the operator jaeger", async () => {
        const resources = await planned({ "metrics.operator": "jaeger" });
        assert.equal(
            resources.some(({ type }) => type.endsWith(":PodMonitor")),
            false,
        );
    });

    it("alerts on the collector that sidecars send to, and compares only with what its own Jaeger counts", async () => {
        const alertsOf = async (raw: Record<string, string>): Promise<Record<string, string>> => {
            const rules = inputsOf(await planned({ "metrics.operator": "jaeger", ...raw }), "monitoring-alerts");
            const [group] = listAt(rules, "spec", "groups");
            return Object.fromEntries(
                listAt(group, "rules").map((rule) => [String(rule["alert"]), String(rule["expr"])]),
            );
        };
        const own = await alertsOf({});
        assert.match(own["TracingExportFailing"] ?? "", /\[\|\]jaeger-collector\[\.\]istio-system\[\.\]svc/);
        assert.match(own["TracingSpansLost"] ?? "", /envoy_tracing_opentelemetry_spans_sent/);
        assert.match((await alertsOf({ "collector.protocol": "zipkin" }))["TracingSpansLost"] ?? "", /tracing_zipkin_/);
        const other = await alertsOf({ collectorAddress: "otel.tools.svc.cluster.local:4317" });
        assert.match(other["TracingExportFailing"] ?? "", /\[\|\]otel\[\.\]tools/);
        assert.equal(other["TracingSpansLost"], undefined);
    });

    it("ships every dashboard that there is, with the labels by which Grafana finds it", async () => {
        assert.deepEqual([...DASHBOARD_FILES].sort(), readdirSync(FOLDER).sort());
        const resources = await planned({ "metrics.dashboards": "true" });
        for (const file of DASHBOARD_FILES) {
            const map = inputsOf(resources, `monitoring-dashboard-${file.replace(".json", "")}`);
            assert.deepEqual(at(map, "metadata", "labels"), { grafana_dashboard: "1" });
            const [text] = Object.values(mapAt(map, "data"));
            assert.equal(text, readFileSync(join(FOLDER, file), "utf8"));
        }
    });
});

describe("a dashboard", () => {
    for (const file of readdirSync(FOLDER))
        it(`${file} says of each panel what it shows, and lets the reader choose the Prometheus`, () => {
            const dashboard: unknown = JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
            assert.match(String(at(dashboard, "uid")), /^istio-tracing-/);
            const panels = listAt(dashboard, "panels").filter(({ type }) => type !== "row");
            for (const panel of panels) {
                assert.match(String(panel["description"]), /\.$/, String(panel["title"]));
                assert.deepEqual(panel["datasource"], { type: "prometheus", uid: "${datasource}" });
                assert.ok(listAt(panel, "targets").length > 0);
            }
        });
});

describe("the output grafanaDataSources", () => {
    const jaegerUrl = "http://jaeger-query.istio-system.svc.cluster.local:16686";

    it("leads from metrics to traces, from traces to metrics and logs, and from logs to traces", () => {
        const file = renderGrafanaDataSources({ jaegerUrl, prometheusUrl: URL, lokiUrl: "http://loki:3100" });
        const [jaeger, prometheus, loki] = listAt(file, "datasources");
        assert.equal(at(jaeger, "jsonData", "tracesToMetrics", "datasourceUid"), prometheus?.["uid"]);
        assert.equal(at(jaeger, "jsonData", "tracesToLogsV2", "datasourceUid"), loki?.["uid"]);
        const [exemplar] = listAt(prometheus, "jsonData", "exemplarTraceIdDestinations");
        assert.deepEqual(exemplar, { name: "trace_id", datasourceUid: jaeger?.["uid"] });
        const [field] = listAt(loki, "jsonData", "derivedFields");
        assert.equal(field?.["datasourceUid"], jaeger?.["uid"]);
        const id = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (const line of [`"GET / HTTP/1.1" 200 trace_id=${id} span_id=00f067aa0ba902b7`, `{"trace_id":"${id}"}`])
            assert.equal(new RegExp(String(field?.["matcherRegex"])).exec(line)?.[1], id);
    });

    it("names only what there is, and asks Grafana's environment for a password", () => {
        const sources = listAt(renderGrafanaDataSources({ jaegerUrl, username: "anna" }), "datasources");
        assert.equal(sources.length, 1);
        assert.deepEqual(sources[0]?.["jsonData"], { nodeGraph: { enabled: true } });
        assert.deepEqual(sources[0]["secureJsonData"], { basicAuthPassword: "$JAEGER_PASSWORD" });
    });
});

describe("the output kialiTracing", () => {
    it("asks over gRPC inside of the cluster, and over HTTP through a gateway", () => {
        const tracing = (...args: Parameters<typeof renderKialiTracing>): PlainObject =>
            mapAt(renderKialiTracing(...args), "external_services", "tracing");
        const inCluster = tracing({ jaegerUrl: "http://jaeger-query:16686" }, "http://jaeger-query:16685");
        assert.deepEqual([inCluster["internal_url"], inCluster["use_grpc"]], ["http://jaeger-query:16685", true]);
        const outside = tracing({ jaegerUrl: "https://traces.example.com", username: "anna" }, undefined, "https://a");
        assert.deepEqual([outside["internal_url"], outside["use_grpc"]], ["https://traces.example.com", false]);
        assert.deepEqual(
            [outside["external_url"], outside["auth"]],
            ["https://a", { type: "basic", username: "anna" }],
        );
    });
});
