import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { assertHealthy, examine } from "./examine";
import { eventually, labWithProgram, program } from "../support/sharedLab";

const HOST = "jaeger-collector.istio-system.svc.cluster.local";

const PORTS = { "otlp-grpc": 4317, "otlp-http": 4318, zipkin: 9411 };
/** Those of the short run; OTLP over gRPC with 100 percent is the stack's own way. */
const SHORT = ["zipkin 25"];

/** Settings with which tracing works, so that a finding would be a false alarm. */
const STACKS = Object.entries(PORTS).flatMap(([protocol, port]) =>
    [0.5, 25, 100].map((percent) => ({
        what: `${protocol} ${String(percent)}`,
        percent,
        settings: {
            ...{ "collector.protocol": protocol, collectorAddress: `${HOST}:${String(port)}` },
            samplingPercent: String(percent),
        },
    })),
);

describe("the doctor, in a mesh that works with other settings", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    for (const { what, settings, percent } of STACKS.filter(({ what: stack }) => FULL || SHORT.includes(stack))) {
        it(`finds nothing with ${what} percent`, async () => {
            assert.equal((await program(lab, "up", settings)).failed, undefined);
            await eventually(30, async () => {
                const { healthy, findings } = await examine(lab, { requests: 10 });
                return healthy || findings.map(({ id }) => id).join(", ");
            });
            const { sampling } = await assertHealthy(lab, { requests: 200 });
            assert.equal(sampling.livePercent, percent);
            assert.ok(sampling.interval !== undefined);
            assert.ok(sampling.interval.least <= percent * 2 && sampling.interval.greatest >= percent / 2);
        });
    }

    if (!FULL) return;

    it("says that a store of 100 traces drops those of the probes", async () => {
        assert.equal((await program(lab, "up", { "jaeger.maxTraces": "100" })).failed, undefined);
        await eventually(60, async () => {
            const { findings, brokenAt } = await examine(lab, { requests: 400 });
            const ids = findings.map(({ id }) => id).join(", ");
            return (brokenAt === "storage" && ids === "traces-evicted") || `${brokenAt ?? "none"}: ${ids}`;
        });
    });

    it("says that a collector without memory refuses spans", async () => {
        const limiter = { check_interval: "100ms", limit_mib: 8, spike_limit_mib: 4 };
        const pipelines = { traces: { processors: ["memory_limiter", "batch"] } };
        const jaegerConfig = JSON.stringify({ processors: { memory_limiter: limiter }, service: { pipelines } });
        assert.equal((await program(lab, "up", { "jaeger.config": jaegerConfig })).failed, undefined);
        await eventually(60, async () => {
            const { findings, brokenAt } = await examine(lab);
            const found = findings.some(({ id, got }) => id === "collector-refuses" && /^[1-9]\d* refused/.test(got));
            return (
                (found && brokenAt === "reception") ||
                `${brokenAt ?? "none"}: ${findings.map(({ id }) => id).join(", ")}`
            );
        });
    });

    it("says that a collector hands spans on to nobody", async () => {
        const dead = { endpoint: "127.0.0.1:1", tls: { insecure: true }, retry_on_failure: { enabled: false } };
        const pipelines = { traces: { exporters: ["jaeger_storage_exporter", "otlp/dead"] } };
        const jaegerConfig = JSON.stringify({ exporters: { "otlp/dead": dead }, service: { pipelines } });
        assert.equal((await program(lab, "up", { "jaeger.config": jaegerConfig })).failed, undefined);
        await eventually(60, async () => {
            const { findings } = await examine(lab);
            const found = findings.some(({ id, got }) => id === "storage-failing" && /^[1-9]\d* spans/.test(got));
            return found || findings.map(({ id }) => id).join(", ");
        });
    });

    it("says that traces end in the collector, whose tail sampling keeps none", async () => {
        const policies = [{ name: "slow", type: "latency", latency: { threshold_ms: 60_000 } }];
        const jaegerConfig = JSON.stringify({
            processors: { tail_sampling: { decision_wait: "1s", policies } },
            service: { pipelines: { traces: { processors: ["tail_sampling"] } } },
        });
        assert.equal((await program(lab, "up", { "jaeger.config": jaegerConfig })).failed, undefined);
        await eventually(60, async () => {
            const { findings, brokenAt } = await examine(lab);
            const found = findings.some(
                ({ id, got }) => id === "dropped-by-tail-sampling" && got.includes("no policy matched them (slow)"),
            );
            return (
                (found && brokenAt === "storage") || `${brokenAt ?? "none"}: ${findings.map(({ id }) => id).join(", ")}`
            );
        });
    });
});
