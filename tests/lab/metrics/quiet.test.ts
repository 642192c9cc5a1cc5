import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { DOCTOR_SETTINGS, turnsGreen } from "../support/inClusterDoctor";
import { query, valueOf } from "../support/prometheus";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";
import { afterPause, areRead, areSilent } from "./fastRules";

/** A quarter of an hour; less to try the test itself. */
const QUIET_SECONDS = Number(process.env["QUIET_SECONDS"] ?? 900);
const JOBS = ["doctor", "envoy", "istiod", "jaeger", "prometheus", "span-metrics"];

const MADE = "envoy_tracing_opentelemetry_spans_sent";
/** `TracingSpansLost` compares nothing before Prometheus has read sidecars for so long. */
const READ_BEFORE = `count(${MADE} offset 10m)`;

describe("a mesh without faults, in a real Prometheus", function () {
    this.timeout(3_000_000);
    let lab: Cluster;
    let passed: string;
    let counted: { made: number; accepted: number };
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
        // So that every rule is at work all the time.
        await eventually(900, async () => query(lab, READ_BEFORE).length > 0 || afterPause("Prometheus is too young"));
        await areSilent(lab);
        const begun = performance.now();
        const before = count();
        await new Promise((resolve) => setTimeout(resolve, QUIET_SECONDS * 1000));
        passed = `[${String(Math.floor((performance.now() - begun) / 1000))}s]`;
        const after = count();
        counted = { made: after.made - before.made, accepted: after.accepted - before.accepted };
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    /** What sidecars and Jaeger have counted when Prometheus last read them. */
    const count = (): { made: number; accepted: number } => ({
        made: valueOf(lab, `sum(${MADE})`),
        accepted: valueOf(lab, 'sum({__name__=~"otelcol_receiver_accepted_spans(_total)?"})'),
    });
    /** Alerts that were in a state meanwhile, each with the number of times that it was seen there. */
    const seen = (state: string): string[] =>
        query(lab, `sum by (alertname) (count_over_time(ALERTS{alertstate="${state}"}${passed}))`).map(
            ({ metric, value }) => `${metric["alertname"] ?? ""} ${String(value)}`,
        );

    it(`has no alert that fires, for ${String(QUIET_SECONDS)} seconds in which all are evaluated`, () => {
        assert.deepEqual(seen("firing"), []);
        const evaluated = valueOf(lab, `sum(increase(prometheus_rule_group_iterations_total${passed}))`);
        assert.ok(evaluated > QUIET_SECONDS / 20, String(evaluated));
    });

    it("loses no span, and no alert waits to fire", () => {
        // Sidecars and Jaeger are read up to a quarter of a minute apart.
        assert.ok(Math.abs(1 - counted.accepted / counted.made) < 0.03, JSON.stringify(counted));
        // An alert that only waits wakes nobody. But its expression says of a healthy mesh that it is not: the rule is wrong.
        assert.deepEqual(seen("pending"), []);
    });
});
