import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePrometheusPrograms } from "../../../lab/images/prometheus";
import { at, itemsAt, listAt } from "../../../shared/values/plainObjects";
import { eventually } from "../support/sharedLab";
import { DASHBOARD_FOLDER, isLive, queriesOf } from "./dashboardQueries";

/** Seconds of the recording, and between two of its samples. */
const LENGTH = 600;
const STEP = 15;

const WORKLOADS =
    'reporter="destination",source_workload="frontend",destination_workload="backend",destination_workload_namespace="demo"';

/**
 * Series in the form of Istio's documentation, of a Collector with a queue, and of the doctor in the cluster, each with its growth a second:
 * https://istio.io/latest/docs/reference/config/metrics/
 */
const COUNTERS: [string, number][] = [
    [`istio_requests_total{${WORKLOADS},response_code="200"}`, 9],
    [`istio_requests_total{${WORKLOADS},response_code="503"}`, 1],
    [`istio_request_duration_milliseconds_bucket{${WORKLOADS},response_code="200",le="1"}`, 5],
    [`istio_request_duration_milliseconds_bucket{${WORKLOADS},response_code="200",le="5"}`, 9],
    [`istio_request_duration_milliseconds_bucket{${WORKLOADS},response_code="200",le="+Inf"}`, 10],
    ['traces_span_metrics_calls_total{service_name="backend.demo",span_kind="SPAN_KIND_SERVER"}', 1],
];
const GAUGES: [string, number][] = [
    ['otelcol_exporter_queue_size{exporter="otlp/vendor",pod="sampler"}', 400],
    ['otelcol_exporter_queue_capacity{exporter="otlp/vendor",pod="sampler"}', 1000],
    ...Object.entries({ probe_success: 1, probe_duration_seconds: 2, examination_duration_seconds: 6 }).map(ofDoctor),
    ...Object.entries({ sampling_wanted_ratio: 0.5, sampling_seen_ratio: 0.25 }).map(ofDoctor),
    ['tracing_unknown{what="the collector\'s own metrics"}', 1],
    ['tracing_finding{id="spans-lost",segment="export",severity="error",resource="Service a/b"}', 1],
];

function ofDoctor([name, value]: [string, number]): [string, number] {
    return [`tracing_${name}{pod="tracing-doctor"}`, value];
}

describe("the queries on Istio's own metrics, on queues and on the doctor, on recorded series in a real Prometheus", function () {
    this.timeout(900_000);
    let folder: string;
    let server: ChildProcess;
    let address: string;
    before(async () => {
        const { prometheus, promtool } = await ensurePrometheusPrograms(() => undefined);
        folder = mkdtempSync(join(tmpdir(), "recorded-"));
        const files = { series: join(folder, "series.txt"), data: join(folder, "data") };
        writeFileSync(files.series, recording());
        const blocks = ["tsdb", "create-blocks-from", "openmetrics", files.series, files.data];
        const { status, stderr } = spawnSync(promtool, blocks, { encoding: "utf8" });
        assert.equal(status, 0, stderr);
        writeFileSync(join(folder, "prometheus.yml"), "{}");
        address = `127.0.0.1:${String(await freePort())}`;
        const flags = {
            "config.file": join(folder, "prometheus.yml"),
            "storage.tsdb.path": files.data,
            "web.listen-address": address,
        };
        server = spawn(
            prometheus,
            Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
            { stdio: "ignore" },
        );
        await eventually(60, () =>
            fetch(`http://${address}/-/ready`).then(
                (response) => (response.ok ? true : String(response.status)),
                String,
            ),
        );
    });
    after(async () => {
        const ended = once(server, "exit");
        server.kill();
        await ended;
        rmSync(folder, { recursive: true });
    });

    const end = Math.floor(Date.now() / 1000) - 3600;
    /** The recording, which ended an hour ago. */
    function recording(): string {
        const times = Array.from({ length: LENGTH / STEP + 1 }, (_, index) => index * STEP);
        const lines = (name: string, value: (passed: number) => number): string[] =>
            times.map((passed) => `${name} ${String(value(passed))} ${String(end - LENGTH + passed)}`);
        const all = [
            ...COUNTERS.map(([name, perSecond]) => lines(name, (passed) => passed * perSecond)),
            ...GAUGES.map(([name, value]) => lines(name, () => value)),
        ];
        return `${all.flat().join("\n")}\n# EOF\n`;
    }

    const values = async (expr: string): Promise<number[]> => {
        const search = new URLSearchParams({ query: expr, time: String(end) }).toString();
        const answer: unknown = await (await fetch(`http://${address}/api/v1/query?${search}`)).json();
        assert.equal(at(answer, "status"), "success", JSON.stringify(answer));
        return listAt(answer, "data", "result").map((one) => Number(itemsAt(one, "value")[1]));
    };

    const recorded = readdirSync(DASHBOARD_FOLDER)
        .flatMap(queriesOf)
        .filter((one) => !isLive(one));
    const expected: Record<string, number[]> = {
        "mesh-tracing.json: Recorded requests": [0.1],
        "mesh-tracing.json: Probes": [1, 1],
        "mesh-tracing.json: Findings": [1],
        "mesh-tracing.json: Sampling rate at the doctor's client": [0.5, 0.25],
        "mesh-tracing.json: Time of a probe": [2, 6],
        "services.json: Requests per second (Istio)": [10],
        "services.json: Failed requests (Istio)": [0.1],
        "services.json: Durations (Istio)": [1, 5, 5],
        "collector.json: Queues of exporters": [0.4],
    };

    it("are these", () => {
        const panels = [...new Set(recorded.map(({ panel }) => panel))];
        assert.deepEqual(panels.sort(), Object.keys(expected).sort());
    });

    for (const [panel, wanted] of Object.entries(expected))
        it(`show in ${panel} what was recorded`, async () => {
            const queries = recorded.filter((one) => one.panel === panel);
            const found = (await Promise.all(queries.map(({ expr }) => values(expr)))).flat();
            assert.equal(found.length, wanted.length);
            found.forEach((value, index) => {
                assert.ok(Math.abs(value - (wanted[index] ?? 0)) < 0.05, found.join());
            });
        });
});

/** A port of the loopback that nobody uses. */
async function freePort(): Promise<number> {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    return port;
}
