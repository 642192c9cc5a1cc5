import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { DOCTOR_SETTINGS, turnsGreen } from "../support/inClusterDoctor";
import { query } from "../support/prometheus";
import { kubectl, labWithProgram, program } from "../support/sharedLab";
import { areRead, areSilent } from "./fastRules";

/** A quarter of an hour; less to try the test itself. */
const QUIET_SECONDS = Number(process.env["QUIET_SECONDS"] ?? 900);
const JOBS = ["doctor", "envoy", "istiod", "jaeger", "prometheus", "span-metrics"];

describe("a mesh without faults, in a real Prometheus", function () {
    this.timeout(2_400_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        // A new Prometheus takes for new what istiod has counted in earlier tests.
        kubectl(lab, "rollout", "restart", "deployment/istiod", "-n", "istio-system");
        kubectl(lab, "rollout", "status", "deployment/istiod", "-n", "istio-system", "--timeout=180s");
        // The doctor probes as often as it does by default; the demo sends a request a second.
        const settings = { ...DOCTOR_SETTINGS, "doctor.intervalSeconds": "60", "metrics.deployPrometheus": "true" };
        assert.equal((await program(lab, "up", settings)).failed, undefined);
        await turnsGreen(lab);
        await areRead(lab, JOBS);
        await areSilent(lab);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    it(`has no alert that fires or waits to fire, for ${String(QUIET_SECONDS)} seconds`, async () => {
        const begun = performance.now();
        await new Promise((resolve) => setTimeout(resolve, QUIET_SECONDS * 1000));
        const passed = `[${String(Math.floor((performance.now() - begun) / 1000))}s]`;
        const active = query(lab, `count by (alertname, alertstate) (count_over_time(ALERTS${passed}))`);
        assert.deepEqual(
            active.map(({ metric }) => metric),
            [],
        );
        const [evaluated] = query(lab, `sum(increase(prometheus_rule_group_iterations_total${passed}))`);
        assert.ok((evaluated?.value ?? 0) > QUIET_SECONDS / 20, JSON.stringify(evaluated));
    });
});
