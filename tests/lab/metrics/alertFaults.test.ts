import assert from "node:assert/strict";
import { renderAlertRules } from "../../../components/render/alertRules";
import type { Cluster } from "../../../lab/cluster";
import { DOCTOR_SETTINGS, turnsGreen } from "../support/inClusterDoctor";
import { query } from "../support/prometheus";
import { labWith, restore } from "../support/sharedLab";
import { ALERT_FAULTS } from "./alertFaults";
import { queriesOf } from "./dashboardQueries";
import { areRead, areSilent, firesOnly, hastenAlerts } from "./fastRules";
import { ROLE_FAULTS, TIER_FAULTS } from "./partFaults";
import { COLLECTOR_HOST } from "./ruleTimes";

const JOBS = ["doctor", "envoy", "istiod", "jaeger", "prometheus", "span-metrics"];

describe("each alert, in a real Prometheus with times divided by ten", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith({ ...DOCTOR_SETTINGS, "metrics.deployPrometheus": "true" });
        await turnsGreen(lab);
        hastenAlerts(lab);
        await areRead(lab, JOBS);
        await areSilent(lab);
    });
    after(async () => {
        await restore(lab);
    });

    it("has a fault that fires it, here or for the parts of larger stacks", () => {
        const spec = { collectorHost: COLLECTOR_HOST, tracer: "opentelemetry", comparesReception: true } as const;
        const parts = { hasDoctor: true, inRoles: true, hasIngester: true, tier: "split" } as const;
        const fired = [...ALERT_FAULTS, ...TIER_FAULTS, ...ROLE_FAULTS].flatMap(({ alerts }) => alerts);
        const left = renderAlertRules({ ...spec, ...parts }).filter(({ alert }) => !fired.includes(alert));
        assert.deepEqual(left, []);
    });

    it("stands beside panels that show what the doctor sees", () => {
        const ofDoctor = queriesOf("mesh-tracing.json").filter(({ expr }) => /\btracing_(?!finding)\w+_/.test(expr));
        assert.ok(ofDoctor.length > 3);
        const empty = ofDoctor.filter(({ expr }) => query(lab, expr).length === 0);
        assert.deepEqual(empty, []);
    });

    for (const fault of ALERT_FAULTS)
        it(`fires with ${fault.what} and ends with it, and no other one fires: ${fault.alerts.join(", ")}`, () =>
            firesOnly(lab, fault));
});
