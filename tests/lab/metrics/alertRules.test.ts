import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderAlertRules } from "../../../components/render/alertRules";
import { ensurePrometheusPrograms } from "../../../lab/images/prometheus";
import { DOCTOR_RULE_TIMES } from "./doctorRuleTimes";
import { LOSS_TIMES } from "./lossTimes";
import { COLLECTOR_HOST, RULE_TIMES, type RuleTime } from "./ruleTimes";

const PARTS = { hasDoctor: true, inRoles: true, hasIngester: true, tier: "split" } as const;
const RULES = renderAlertRules({
    collectorHost: COLLECTOR_HOST,
    tracer: "opentelemetry",
    comparesReception: true,
    ...PARTS,
});
const TIMES = [...RULE_TIMES, ...LOSS_TIMES, ...DOCTOR_RULE_TIMES];

describe("the alerts, by promtool", function () {
    this.timeout(900_000);
    let folder: string;
    let promtool: string;
    before(async () => {
        ({ promtool } = await ensurePrometheusPrograms(() => undefined));
        folder = mkdtempSync(join(tmpdir(), "alerts-"));
        // promtool compares every word of the annotations, of which the values are no matter of time.
        const rules = RULES.map(({ alert, expr, labels, for: time }) => ({ alert, expr, labels, for: time }));
        write("alerts.yml", { groups: [{ name: "istio-tracing", rules }] });
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    const write = (file: string, content: object): void => {
        writeFileSync(join(folder, file), JSON.stringify(content));
    };
    const run = (...args: string[]): string => {
        const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: folder, encoding: "utf8" });
        assert.equal(status, 0, `${stdout}${stderr}`);
        return `${stdout}${stderr}`;
    };

    it("are right in form, and each has times that are tested", () => {
        for (const tracer of ["opentelemetry", "zipkin"] as const) {
            const rules = renderAlertRules({
                collectorHost: "otel.example.com",
                tracer,
                comparesReception: true,
                ...PARTS,
            });
            write("all.yml", { groups: [{ name: "istio-tracing", rules }] });
            assert.match(run("check", "rules", "all.yml"), /SUCCESS: 16 rules found/);
        }
        const untested = RULES.filter(({ alert }) => !TIMES.some((time) => time.alert === alert));
        assert.deepEqual(untested, []);
    });

    for (const time of TIMES)
        it(`${time.alert} is on time when ${time.what}`, () => {
            write("times.yml", timesOf(time));
            run("test", "rules", "times.yml");
        });
});

/** A test of rules as promtool reads it: https://prometheus.io/docs/prometheus/2.42/configuration/unit_testing_rules/ */
function timesOf({ alert, series, interval = "1m", silent, firing, labels = {}, waits = true }: RuleTime): object {
    const severity = RULES.find((rule) => rule.alert === alert)?.labels.severity;
    const at = (minute: number, expected: object[]): object => ({
        ...{ eval_time: `${String(minute)}m`, alertname: alert, exp_alerts: expected },
    });
    const end = `${String(silent.at(-1))}m`;
    const active = `count_over_time(ALERTS{alertname="${alert}"}[${end}])`;
    return {
        rule_files: ["alerts.yml"],
        evaluation_interval: "15s",
        tests: [
            {
                interval,
                input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
                alert_rule_test: [
                    ...silent.map((minute) => at(minute, [])),
                    ...firing.map((minute) => at(minute, [{ exp_labels: { severity, ...labels } }])),
                ],
                promql_expr_test: waits ? [] : [{ expr: active, eval_time: end, exp_samples: [] }],
            },
        ],
    };
}
