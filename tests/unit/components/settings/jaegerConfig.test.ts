import assert from "node:assert/strict";
import { problemsOf, settingsOf } from "./helpers";

const config = (value: object): Record<string, string> => ({ "jaeger.config": JSON.stringify(value) });
const main = (backend: object): object => ({ extensions: { jaeger_storage: { backends: { main: backend } } } });
const otlp = (protocols: object): object => ({ receivers: { otlp: { protocols } } });

describe("further configuration of Jaeger", () => {
    const refused: [string, object, string, RegExp][] = [
        [
            "moves a port of a Service",
            otlp({ grpc: { endpoint: "0.0.0.0:9999" } }),
            "receivers.otlp.protocols.grpc.endpoint",
            /Services/,
        ],
        ["takes a receiver away", { receivers: { zipkin: null } }, "receivers.zipkin", /Services/],
        [
            "asks sidecars for TLS",
            otlp({ grpc: { tls: { cert_file: "/x" } } }),
            "receivers.otlp.protocols.grpc.tls",
            /without TLS/,
        ],
        [
            "asks sidecars for credentials",
            { receivers: { zipkin: { auth: {} } } },
            "receivers.zipkin.auth",
            /without TLS/,
        ],
        [
            "moves the probes",
            { extensions: { healthcheckv2: { use_v2: false } } },
            "extensions.healthcheckv2",
            /probes/,
        ],
        [
            "moves the UI",
            { extensions: { jaeger_query: { base_path: "/x" } } },
            "extensions.jaeger_query.base_path",
            /set ui\.basePath/,
        ],
        [
            "leaves the UI's port",
            { extensions: { jaeger_query: { http: { endpoint: ":1" } } } },
            "extensions.jaeger_query.http.endpoint",
            /Services/,
        ],
        [
            "reads another storage",
            { extensions: { jaeger_query: { storage: { traces: "x" } } } },
            "extensions.jaeger_query.storage.traces",
            /Services/,
        ],
        [
            "writes another storage",
            { exporters: { jaeger_storage_exporter: { trace_storage: "x" } } },
            "exporters.jaeger_storage_exporter.trace_storage",
            /Services/,
        ],
        [
            "drops a receiver from the pipeline",
            { service: { pipelines: { traces: { receivers: ["otlp"] } } } },
            "service.pipelines.traces.receivers",
            /add the missing items/,
        ],
        [
            "drops the storage from the pipeline",
            { service: { pipelines: { traces: { exporters: ["debug"] } } } },
            "service.pipelines.traces.exporters",
            /add the missing items/,
        ],
        [
            "drops an extension",
            { service: { extensions: ["jaeger_query"] } },
            "service.extensions",
            /add the missing items/,
        ],
    ];
    for (const [what, value, key, next] of refused) {
        it(`is refused where it ${what}`, () => {
            const [problem, ...more] = problemsOf(config(value));
            assert.deepEqual([problem?.key, more], [`jaeger.config.${key}`, []]);
            assert.match(problem?.next ?? "", next);
        });
    }

    const secrets: [object, string][] = [
        [
            { exporters: { "otlphttp/vendor": { headers: { authorization: "Bearer hunter2" } } } },
            "headers.authorization",
        ],
        [{ exporters: { kafka: { auth: { sasl: { password: "hunter2" } } } } }, "sasl.password"],
        [{ extensions: { "basicauth/x": { htpasswd: { inline: "user:hunter2" } } } }, "htpasswd.inline"],
        [{ exporters: { kafka: { brokers: ["https://user:hunter2@kafka"] } } }, "brokers.0"],
        [{ exporters: { "otlphttp/vendor": { headers: { "x-api-key": { token: ["hunter2"] } } } } }, "token.0"],
        [{ exporters: { "otlphttp/vendor": { headers: { "x-api-key": "hunter2" } } } }, "headers.x-api-key"],
        [{ exporters: { "otlphttp/vendor": { headers: { "x-team": "Bearer hunter2" } } } }, "headers.x-team"],
        [{ extensions: { "oauth2client/x": { clientSecret: "hunter2" } } }, "clientSecret"],
        [{ extensions: { x: { tls: { pem: "-----BEGIN EC PRIVATE KEY-----\nhunter2" } } } }, "tls.pem"],
        [{ exporters: { kafka: { auth: { sasl: { password: 702_702 } } } } }, "sasl.password"],
    ];
    for (const [value, key] of secrets) {
        it(`is refused with a secret in ${key}, which is not shown`, () => {
            const [problem, ...more] = problemsOf(config(value));
            assert.ok(problem?.key.endsWith(key), problem?.key);
            assert.deepEqual(more, []);
            assert.doesNotMatch(JSON.stringify(problem), /hunter2|702702/);
        });
    }

    it("may add what no setting decides, and name files and variables that hold secrets", () => {
        settingsOf(
            config({
                service: {
                    pipelines: {
                        traces: { processors: ["filter", "batch"], exporters: ["jaeger_storage_exporter", "kafka"] },
                    },
                },
                processors: { batch: { timeout: "1s" }, filter: { traces: { span: ["true"] } } },
                exporters: {
                    kafka: { auth: { sasl: { password: "${env:KAFKA}", token_file: "/x", token_ttl: 60 } } },
                    "otlphttp/vendor": { headers: { authorization: "Bearer ${file:/x}" } },
                },
                receivers: { jaeger: { protocols: { grpc: {} } } },
                extensions: { jaeger_storage: { backends: { archive: { memory: { max_traces: 10 } } } } },
            }),
        );
    });

    it("sets up another storage when jaeger.storage is not set, and may not when it is", () => {
        const cassandra = config(main({ cassandra: { schema: { keyspace: "jaeger" } } }));
        assert.deepEqual(settingsOf(cassandra).jaeger.storage, { type: "custom" });
        const [problem] = problemsOf({ ...cassandra, "jaeger.storage": '{"type":"memory"}' });
        assert.equal(problem?.key, "jaeger.config.extensions.jaeger_storage.backends.main.cassandra");
        assert.match(problem.next, /jaeger\.storage/);
    });

    it("may change how hard badger writes, and not where or for how long", () => {
        const jaegerStorage = '{"type":"badger","size":"1Gi"}';
        settingsOf({
            "jaeger.storage": jaegerStorage,
            ...config(main({ badger: { consistency: false, maintenance_interval: "1m" } })),
        });
        for (const [part, next] of [
            [{ ephemeral: true }, /set jaeger\.storage/],
            [{ directories: { keys: "/tmp" } }, /set jaeger\.storage/],
            [{ ttl: { spans: "1h" } }, /set jaeger\.storage.retentionHours/],
        ] as const) {
            assert.match(
                problemsOf({ "jaeger.storage": jaegerStorage, ...config(main({ badger: part })) })[0]?.next ?? "",
                next,
            );
        }
    });
});
