import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { fetchJson, JaegerClient } from "../../../shared/jaeger/client";
import { at, listAt } from "../../../shared/values/plainObjects";
import { FULL } from "../support/fullRun";
import { acceptedSpans, envoyStats, load } from "../support/mesh";
import { ask, query, valueOf } from "../support/prometheus";
import { eventually, labWithProgram, program } from "../support/sharedLab";
import { afterPause } from "./fastRules";

/** The frontend's own requests come once an hour, so that only those of the tests are counted. */
const METRICS = { "metrics.deployPrometheus": "true", "demo.intervalSeconds": "3600" };

/** Counts how often a sidecar has sent off its spans because five seconds were over, whether it had any or not. */
const FLUSHED = "tracing.opentelemetry.timer_flushed";
const ALL = "sum(traces_span_metrics_calls_total)";
const SERVER = 'sum(traces_span_metrics_calls_total{service_name="backend.demo",span_kind="SPAN_KIND_SERVER"})';
const CLIENT = 'sum(traces_span_metrics_calls_total{service_name="frontend.demo",span_kind="SPAN_KIND_CLIENT"})';

describe("metrics from spans, with a real Prometheus", function () {
    this.timeout(1_800_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        await up({});
        // The first request of a pod may be the one before the Telemetry of the stack reaches its sidecar.
        load(lab, 5);
        await settled();
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    const up = async (settings: Record<string, string>): Promise<object> => {
        const result = await program(lab, "up", { ...METRICS, ...settings });
        assert.equal(result.failed, undefined);
        return result.summary;
    };
    /** Waits until sidecars have sent off what they held, and Prometheus has read of every span that Jaeger has accepted. */
    const settled = async (): Promise<void> => {
        const flushes = (): number[] => ["frontend", "backend"].map((name) => envoyStats(lab, name)[FLUSHED] ?? 0);
        const before = flushes();
        await eventually(60, async () => {
            const now = flushes();
            return now.every((count, index) => count > (before[index] ?? 0)) || afterPause(`${now.join()} flushes`);
        });
        await eventually(120, async () => {
            const [accepted, read] = [acceptedSpans(lab), valueOf(lab, ALL)];
            const isSame = accepted > 0 && accepted === read;
            return (
                isSame || afterPause(`Jaeger has accepted ${String(accepted)} spans, its metrics say ${String(read)}`)
            );
        });
    };
    /** Sends requests, and returns how many of them each side's metrics have counted once no more come. */
    const counted = async (count: number): Promise<number[]> => {
        const before = [SERVER, CLIENT].map((side) => valueOf(lab, side));
        assert.equal(load(lab, count), count);
        await settled();
        return [SERVER, CLIENT].map((side, index) => valueOf(lab, side) - (before[index] ?? 0));
    };

    it("count every request once on each side at 100 %", async () => {
        assert.deepEqual(await counted(500), [500, 500]);
        assert.deepEqual(query(lab, "traces_span_metrics_calls_total{sampling_percent!=''}"), []);
    });

    it("answer Jaeger's Monitor tab: calls, errors and latencies of a service", async () => {
        const points = async (path: string): Promise<number[]> => {
            const range = { endTs: String(Date.now()), lookback: "600000", step: "15000", ratePer: "60000" };
            const search = new URLSearchParams({ service: "backend.demo", spanKind: "server", ...range });
            const answer = await fetchJson(`${lab.jaegerUrl}/api/metrics/${path}${search.toString()}`, 20_000);
            return listAt(answer, "metrics")
                .flatMap((metric) => listAt(metric, "metricPoints"))
                .map((point) => Number(at(point, "gaugeValue", "doubleValue")))
                .filter((value) => value > 0);
        };
        for (const path of ["calls?", "latencies?quantile=0.95&"])
            await eventually(90, async () => {
                const found = await points(path);
                return found.length > 0 ? found : `no point of ${path}`;
            });
        // Nothing fails here; the question itself must be answered.
        assert.deepEqual(await points("errors?"), []);
    });

    it("lead from a bucket of latencies to a trace by an exemplar", async () => {
        const jaeger = new JaegerClient(lab.jaegerUrl);
        const trace = await eventually(60, async () => {
            const end = Date.now() / 1000;
            const series = ask(lab, "query_exemplars", {
                query: 'traces_span_metrics_duration_milliseconds_bucket{service_name="backend.demo"}',
                start: String(end - 600),
                end: String(end),
            }) as { exemplars: { labels: Record<string, string> }[] }[];
            const id = series.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels["trace_id"])).at(-1);
            return id === undefined ? "no exemplar" : ((await jaeger.trace(id)) ?? `no trace ${id}`);
        });
        assert.ok(trace.spans.some(({ service }) => service === "backend.demo"));
    });

    it("change nothing when the same stack is applied again", async () => {
        const summary = (await up({})) as Record<string, number>;
        const changes = Object.entries(summary).filter(([operation, count]) => operation !== "same" && count > 0);
        assert.deepEqual(changes, []);
    });

    if (!FULL) return;
    it("are read from a Jaeger to which only the mesh may send spans", async () => {
        await up({ ui: '{"jaegerAccess":"mesh"}', "istio.mtlsMode": "STRICT" });
        await eventually(90, () => {
            const [down, found] = ["0", "1"].map(
                (value) => query(lab, `up{job=~"jaeger|span-metrics"} == ${value}`).length,
            );
            return Promise.resolve(down === 0 && found === 2 ? true : `${String(found)} up, ${String(down)} down`);
        });
        load(lab, 5);
        await settled();
        assert.deepEqual(await counted(50), [50, 50]);
    });
});
