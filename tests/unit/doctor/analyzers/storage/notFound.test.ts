import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { collectorFile, diagnosisOf, findingOf, foundIn } from "../../patient";

const RECEIVERS = 'receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }\n';
const STORE = "jaeger_storage_exporter";

interface Wish {
    processors?: object;
    exporters?: object;
    pipeline?: object;
    extensions?: object;
    waitedMs?: number;
}

/** What is said of traces that a collector with this configuration accepted, and that Jaeger does not have. */
function notFound({ pipeline, waitedMs = 4000, ...parts }: Wish): DoctorFinding {
    const diagnosis = diagnosisOf((patient) => {
        patient.spans = "none";
        patient.evidence.waitedMs = waitedMs;
        const traces = { receivers: ["otlp"], exporters: [STORE], ...pipeline };
        collectorFile(patient, yaml({ ...parts, service: { pipelines: { traces } } }));
    });
    assert.equal(diagnosis.brokenAt, "storage");
    assert.deepEqual(foundIn(diagnosis), ["storage: trace-not-found"]);
    return findingOf(diagnosis, "trace-not-found");
}

/** YAML takes JSON for its values. */
function yaml(parts: object): string {
    const lines = Object.entries(parts).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
    return `${RECEIVERS}${lines.join("")}`;
}

describe("traces that a collector holds back", () => {
    it("wait for its batch, which is told with its key, its size and the cure", () => {
        const { resource, got, cure, commands } = notFound({
            processors: { batch: { timeout: "300s" } },
            pipeline: { processors: ["batch"] },
        });
        assert.equal(resource, "ConfigMap istio-system/jaeger-conf config.yaml");
        assert.match(
            got,
            /^0 of 3 found; processors\.batch\.timeout is 300s, .* unless processors\.batch\.send_batch_size \(8192\) .* waited for 4 s$/,
        );
        assert.match(cure, /^Set processors\.batch\.timeout to 1s/);
        assert.match(
            commands[0] ?? "",
            /^kubectl patch configmap jaeger-conf -n istio-system --type=merge .*"timeout\\*": \\*"1s/s,
        );
        assert.deepEqual(commands.slice(1), [
            "kubectl rollout restart deployment/jaeger -n istio-system",
            "kubectl rollout status deployment/jaeger -n istio-system --timeout=120s",
        ]);
    });

    it("wait in whatever unit and under whatever name that is written, and in an exporter's own queue", () => {
        const large = notFound({
            processors: { "batch/large": { timeout: "1m30s", send_batch_size: 100_000 } },
            pipeline: { processors: ["memory_limiter", "batch/large"] },
        });
        assert.match(large.got, /processors\.batch\/large\.timeout is 1m30s, .*\(100000\)/);
        const queue = notFound({
            exporters: { [STORE]: { sending_queue: { batch: { flush_timeout: "5m" } } } },
        });
        assert.match(queue.got, /exporters\.jaeger_storage_exporter\.sending_queue\.batch\.flush_timeout is 5m, /);
    });

    it("wait for the decision of a sampler, for which nobody is told to make it sooner at once", () => {
        const { got, cure, commands } = notFound({
            processors: { tail_sampling: { policies: [] } },
            pipeline: { processors: ["tail_sampling"] },
        });
        assert.match(got, /processors\.tail_sampling\.decision_wait is 30s/);
        assert.match(cure, /^Look in Jaeger after 30s/);
        assert.deepEqual(commands, []);
    });

    it("are no explanation where the doctor waited longer, or where the pipeline does not have them", () => {
        const longer = notFound({
            processors: { batch: { timeout: "2s" } },
            pipeline: { processors: ["batch"] },
        });
        assert.equal(longer.got, "0 of 3 found");
        const unused = notFound({ processors: { batch: { timeout: "300s" } } });
        assert.equal(unused.got, "0 of 3 found");
    });

    it("are told without a command where the configuration holds a credential", () => {
        const { got, commands } = notFound({
            processors: { batch: { timeout: "300s" } },
            extensions: { basicauth: { client_auth: { username: "a", password: "hunter2" } } },
            pipeline: { processors: ["batch"] },
        });
        assert.match(got, /is 300s/);
        assert.deepEqual(commands, []);
    });
});

describe("traces that a collector leads elsewhere", () => {
    const backends = { some: { memory: {} } };
    it("go to an exporter that keeps none, and to the storage by the cure", () => {
        const { got, cure, commands } = notFound({
            exporters: { debug: {}, [STORE]: { trace_storage: "some" } },
            pipeline: { exporters: ["debug"] },
        });
        assert.match(got, /service\.pipelines\.traces\.exporters is debug, so the collector neither stores/);
        assert.equal(cure.startsWith("Also name jaeger_storage_exporter there."), true);
        assert.match(commands[0] ?? "", /debug.*jaeger_storage_exporter/s);
    });

    it("go to the storage that there is, also where no exporter for it is defined", () => {
        const { commands } = notFound({
            exporters: { debug: {} },
            extensions: { jaeger_storage: { backends } },
            pipeline: { exporters: ["debug"] },
        });
        assert.match(commands[0] ?? "", /trace_storage: some/);
    });

    it("are written to one storage and looked for in another", () => {
        const { got, commands } = notFound({
            exporters: { [STORE]: { trace_storage: "some" } },
            extensions: { jaeger_query: { storage: { traces: "other" } }, jaeger_storage: { backends } },
        });
        assert.match(got, /extensions\.jaeger_query\.storage\.traces is other, but traces are written to some$/);
        assert.match(commands[0] ?? "", /traces: some|traces\\?": ?\\?"some/);
    });

    it("meet processors that may drop them, by name", () => {
        const { got, commands } = notFound({
            processors: { probabilistic_sampler: { sampling_percentage: 10 }, "filter/health": {} },
            pipeline: { processors: ["filter/health", "probabilistic_sampler"] },
        });
        assert.match(
            got,
            /contains filter\/health, probabilistic_sampler with sampling_percentage 10, which may drop spans$/,
        );
        assert.deepEqual(commands, []);
    });
});
