import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderAlertRules, type AlertRulesSpec } from "../../../../components/render/alertRules";
import { METRICS } from "../../../../doctor/inCluster/metrics";

const ROOT = join(__dirname, "../../../..");
const SPEC: AlertRulesSpec = { collectorHost: "a.b.svc", tracer: "opentelemetry", comparesReception: true };
const NAMES: string[] = Object.values(METRICS).map(({ name }) => name);

describe("alerts and panels about the doctor in the cluster", () => {
    const before = renderAlertRules(SPEC).map(({ alert }) => alert);
    const own = renderAlertRules({ ...SPEC, hasDoctor: true }).filter(({ alert }) => !before.includes(alert));

    it("exist only where there is one", () => {
        assert.deepEqual(
            own.map(({ alert }) => alert),
            ["TracingProbeFailing", "TracingFindingPresent", "TracingNotProven", "TracingDoctorAbsent"],
        );
    });

    it("use only metrics that it serves", () => {
        const dashboard = readFileSync(join(ROOT, "dashboards/json/mesh-tracing.json"), "utf8");
        const used = [...own.map(({ expr }) => expr), dashboard].flatMap((text) => [
            ...text.matchAll(/\btracing_(?!opentelemetry|zipkin)[a-z_]+/g),
        ]);
        const names = new Set(used.map(([name]) => name));
        assert.ok(names.size > 6);
        assert.deepEqual(
            [...names].filter((name) => !NAMES.includes(name)),
            [],
        );
    });

    it("name findings that docs/doctor.md explains", () => {
        const docs = readFileSync(join(ROOT, "docs/doctor.md"), "utf8");
        const named = own.flatMap(({ annotations }) => annotations.doctor_finding.split(", "));
        for (const id of named.filter((one) => !one.includes("$labels"))) assert.ok(docs.includes(`\`${id}\``), id);
    });
});
