import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { isPlainObject, listAt } from "../../../shared/values/plainObjects";
import { renderAlertRules } from "../../../components/render/alertRules";
import { load } from "../support/mesh";
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
        // What stands before a threshold, and the metrics of which the absence or the appearance counts.
        const compared = rules.flatMap(({ alert, expr }) =>
            expr.startsWith("absent(")
                ? [{ alert, expr: expr.slice("absent(".length, -1) }]
                : expr.split(" and ").map((part) => ({ alert, expr: part.replace(/ > [0-9.]+$/, "") })),
        );
        const onlyWithFault = ["TracingProviderHostUnknown", "TracingConfigurationRejected"];
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
