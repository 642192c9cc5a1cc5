import assert from "node:assert/strict";
import { countSidecars, sidecarGrowth } from "../../../bench/mesh/counters";
import { lostSpans, whereLost, whoCounts } from "../../../bench/mesh/firstLoss";
import { tracingOf } from "../../../bench/mesh/live";
import { addSample, medianOf, setGoal } from "../../../bench/mesh/numbers";
import { cpuTimes, parseCpuTimes } from "../../../bench/mesh/processes";
import { judgeRate } from "../../../bench/sections/sampling";
import type { SectionResult } from "../../../bench/section";

describe("what the benchmark reads of the mesh", () => {
    it("reads CPU times of a process, whatever its name", () => {
        const stat = `7 (a) b) R 1 ${"0 ".repeat(9)}150 50 300 100 20 0 3 0 12345`;
        assert.deepEqual(parseCpuTimes(stat), { ownSeconds: 2, waitedForSeconds: 4 });
        assert.ok(cpuTimes("self").ownSeconds > 0);
    });

    it("adds up what sidecars count of their export, of no other cluster", () => {
        const collector = "cluster.outbound|4317||jaeger-collector.istio-system.svc.cluster.local;";
        const one = {
            [`${collector}.upstream_rq_total`]: 4,
            [`${collector}.upstream_rq_active`]: 2,
            [`${collector}.upstream_rq_5xx`]: 1,
            [`${collector}.upstream_rq_200`]: 3,
            "cluster.outbound|80||backend.demo.svc.cluster.local;.upstream_rq_total": 1000,
            "tracing.opentelemetry.spans_sent": 512,
            "tracing.opentelemetry.spans_dropped": 2,
            "tracing.opentelemetry.timer_flushed": 9,
        };
        const counted = countSidecars([one, one]);
        assert.deepEqual(counted, {
            exportCalls: 8,
            openCalls: 4,
            failures: { upstream_rq_5xx: 2 },
            made: 1024,
            dropped: 4,
        });
        const before = { exportCalls: 6, openCalls: 9, failures: { upstream_rq_5xx: 2 }, made: 1000, dropped: 4 };
        assert.deepEqual(sidecarGrowth(before, counted), {
            exportCalls: 2,
            openCalls: 4,
            failures: {},
            made: 24,
            dropped: 0,
        });
    });

    it("reads rates and collectors in a dump of listeners, also a rate of zero", () => {
        const tracing = (value: string, cluster: string): string =>
            `{"tracing": {"random_sampling": {${value}}, "provider": {"cluster_name": "${cluster}"}}}`;
        const dump = [
            tracing('"value": 0.01', "outbound|4317||jaeger-collector.istio-system.svc.cluster.local"),
            tracing("", "outbound|4318||jaeger-collector.istio-system.svc.cluster.local"),
        ].join("\n");
        const { percents, clusters } = tracingOf(dump);
        assert.deepEqual(percents, [0.01, 0]);
        assert.deepEqual(
            clusters.map((name) => name.split("|")[1]),
            ["4317", "4318"],
        );
        assert.deepEqual(tracingOf("{}"), { percents: [], clusters: [] });
    });

    it("says how many spans are lost, between which stations, and who counts them", () => {
        const stations = {
            ...{ expected: 1000, made: 1000, dropped: 0, accepted: 900, refused: 0, stored: 880, storeFailed: 20 },
            failures: { upstream_rq_rx_reset: 3 },
        };
        assert.equal(lostSpans(stations), 120);
        assert.equal(whereLost(stations), "100 between the sidecars and Jaeger, 20 in Jaeger, before its storage");
        assert.deepEqual(whoCounts(stations), [
            "Jaeger's otelcol_exporter_send_failed_spans (20)",
            "the sidecars' upstream_rq_rx_reset of the collector's cluster (3)",
        ]);
        const whole = { ...stations, accepted: 1000, stored: 1000, storeFailed: 0, failures: {} };
        assert.equal(lostSpans(whole), 0);
        assert.deepEqual([whereLost(whole), whoCounts(whole)], ["", []]);
    });

    it("takes a share for right when chance explains it, and at 100 percent only when nothing is missing", () => {
        assert.deepEqual(judgeRate({ percent: 1, requests: 20_000, traces: 200 }).fits, true);
        assert.deepEqual(judgeRate({ percent: 1, requests: 20_000, traces: 300 }).fits, false);
        assert.deepEqual(judgeRate({ percent: 100, requests: 10_000, traces: 10_000 }).fits, true);
        assert.deepEqual(judgeRate({ percent: 100, requests: 10_000, traces: 9_999 }).fits, false);
    });

    it("keeps samples of one figure together, apart from those under other conditions", () => {
        const result: SectionResult = { figures: [], goals: [], notes: [] };
        const figure = { metric: "calls", subject: "ours", unit: "calls" };
        for (const sample of [3, 1, 2]) addSample(result, { ...figure, conditions: { a: 1, b: 2 } }, sample);
        addSample(result, { ...figure, conditions: { a: 2, b: 2 } }, 9);
        assert.equal(medianOf(result, { ...figure, conditions: { a: 1, b: 2 } }), 2);
        assert.ok(Number.isNaN(medianOf(result, { ...figure, conditions: {} })));
        const goal = { text: "few", limit: { atMost: 5 }, unit: "calls" };
        for (const value of [7, Number.NaN, 4]) setGoal(result, { ...goal, value });
        assert.deepEqual(result.goals, [{ ...goal, value: 4 }]);
    });
});
