import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { isPlainObject, listAt } from "../../../shared/values/plainObjects";
import { renderAlertRules } from "../../../components/render/alertRules";
import { envoyStats, load } from "../support/mesh";
import { query } from "../support/prometheus";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";
import { DASHBOARD_FOLDER, isLive, queriesOf } from "./dashboardQueries";
import { COLLECTOR_HOST } from "./ruleTimes";

describe("the queries of dashboards and alerts, in a real Prometheus", function () {
    this.timeout(1_800_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        const settings = { "metrics.deployPrometheus": "true", "metrics.dashboards": "true" };
        assert.equal((await program(lab, "up", settings)).failed, undefined);
        load(lab, 100);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    for (const file of readdirSync(DASHBOARD_FOLDER))
        it(`of ${file} return data`, async () => {
            const live = queriesOf(file).filter(isLive);
            assert.ok(live.length > 5);
            await eventually(240, async () => {
                // The storage is asked by this, so that it has durations to show.
                await fetch(`${lab.jaegerUrl}/api/traces?service=backend.demo`);
                const empty = live.filter(({ expr }) => query(lab, expr).every(({ value }) => Number.isNaN(value)));
                return empty.length === 0 ? true : empty.map(({ panel, expr }) => `${panel}: ${expr}`).join("\n");
            });
        });

    it("of the alerts compare numbers that are there", async () => {
        const rules = renderAlertRules({
            ...{ collectorHost: COLLECTOR_HOST, tracer: "opentelemetry", comparesReception: true },
        });
        // What stands before a threshold, and the metrics of which the absence or the appearance counts; all of it now.
        const compared = rules.flatMap(({ alert, expr }) =>
            expr.startsWith("absent(")
                ? [{ alert, expr: expr.slice("absent(".length, -1) }]
                : expr
                      .split(" and ")
                      .map((part) => ({ alert, expr: part.replace(/ > [0-9.]+$/, "").replace(/ offset \d+m/, "") })),
        );
        const onlyWithFault = ["TracingProviderHostUnknown", "TracingConfigurationRejected"];
        await failSomeExports(lab);
        await eventually(240, () => {
            const empty = compared.filter(
                ({ alert, expr }) =>
                    !onlyWithFault.includes(alert) && isLive({ expr }) && query(lab, expr).length === 0,
            );
            return Promise.resolve(empty.length === 0 ? true : empty.map(({ expr }) => expr).join("\n"));
        });
    });

    it("of the dashboards in ConfigMaps are the same", () => {
        const list = kubectl(lab, "get", "configmaps", "-n", "istio-system", "-l", "grafana_dashboard=1", "-o", "json");
        const data = listAt(JSON.parse(list), "items").map((item) => item["data"]);
        const texts = data.flatMap((files) => (isPlainObject(files) ? Object.values(files) : []));
        const committed = readdirSync(DASHBOARD_FOLDER).map((file) =>
            readFileSync(join(DASHBOARD_FOLDER, file), "utf8"),
        );
        assert.deepEqual(texts.sort(), committed.sort());
    });
});

/** Takes Jaeger away until sidecars have counted failed export calls: Envoy has no series for them before the first one. */
async function failSomeExports(lab: Cluster): Promise<void> {
    scaleJaeger(lab, 0);
    try {
        kubectl(lab, "wait", "--for=delete", "pods", "-n", "istio-system", "-l", "app=jaeger", "--timeout=60s");
        await eventually(60, () => {
            load(lab, 5);
            const failed = Object.entries(envoyStats(lab, "frontend")).filter(([name]) => FAILED_EXPORTS.test(name));
            return Promise.resolve(failed.some(([, count]) => count > 0) ? true : "no export call failed");
        });
    } finally {
        scaleJaeger(lab, 1);
        kubectl(lab, "rollout", "status", "deployment/jaeger", "-n", "istio-system", "--timeout=120s");
    }
}

const FAILED_EXPORTS = /\|4317\|\|jaeger-collector\..*;?\.upstream_rq_503$/;

function scaleJaeger(lab: Cluster, replicas: number): void {
    kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", `--replicas=${String(replicas)}`);
}
