import assert from "node:assert/strict";
import { judge, type Collector } from "./receiverMesh";

describe("a collector's receiver, as its container says", () => {
    const inContainer: [string, Collector, RegExp][] = [
        [
            "--set over its file",
            {
                receiver: "{ endpoint: ':4317' }",
                args: ["--config=/etc/c.yaml", "--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:4317"],
            },
            /^--set=receivers\.otlp\.protocols\.grpc\.endpoint=127\.0\.0\.1:4317 in args of the container collector: /,
        ],
        [
            "--set in two words",
            { receiver: "{}", args: ["--set", "receivers.otlp.protocols.grpc.endpoint=localhost:4317"] },
            /^receivers\.otlp\.protocols\.grpc\.endpoint=localhost:4317 in args of the container collector: /,
        ],
        [
            "a variable of Jaeger 2, which has no file",
            {
                ...{ receiver: "none", image: "jaegertracing/jaeger:2.13.0", args: [] },
                container: ', env: [{ name: JAEGER_LISTEN_HOST, value: "127.0.0.1" }]',
            },
            /^JAEGER_LISTEN_HOST=127\.0\.0\.1 in env of the container collector: /,
        ],
        [
            "a flag of Jaeger 1",
            {
                ...{ receiver: "none", image: "jaegertracing/all-in-one:1.60" },
                args: ["--collector.otlp.grpc.host-port=127.0.0.1:4317"],
            },
            /^--collector\.otlp\.grpc\.host-port=127\.0\.0\.1:4317 in args of the container collector: /,
        ],
        [
            "a variable of Jaeger 1",
            {
                ...{ receiver: "none", image: "jaegertracing/jaeger-collector:1.60", args: [] },
                container: ', env: [{ name: COLLECTOR_OTLP_GRPC_HOST_PORT, value: "localhost:4317" }]',
            },
            /^COLLECTOR_OTLP_GRPC_HOST_PORT=localhost:4317 in env /,
        ],
        [
            "a configuration in the command line",
            {
                receiver: "none",
                args: [
                    "--config=yaml:receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:4317",
                    "--config=yaml:service::pipelines::traces::receivers: [otlp]",
                ],
            },
            /^--config=yaml:receivers::otlp::protocols::grpc::endpoint: 127\.0\.0\.1:4317 in args /,
        ],
    ];
    for (const [what, collector, got] of inContainer) {
        it(`on localhost by ${what} takes no span`, () => {
            const { rules, violations } = judge(collector);
            assert.deepEqual(rules, ["collector-receiver"]);
            assert.equal(violations[0]?.resource, "Deployment observability/spans");
            assert.match(violations[0].got, got);
        });
    }

    const open: Collector[] = [
        { receiver: "{ endpoint: 'localhost:4317' }", args: ["--set=receivers.otlp.protocols.grpc.endpoint=:4317"] },
        { receiver: "none", image: "jaegertracing/jaeger:2.13.0", args: [] },
        { receiver: "none", image: "jaegertracing/all-in-one:1.60", args: [] },
        {
            receiver: "none",
            image: "other/collector:1",
            args: ["--set=receivers.otlp.protocols.grpc.endpoint=localhost:1"],
        },
    ];
    for (const collector of open) {
        it(`is right, or unknown, by its container: ${JSON.stringify(collector)}`, () => {
            assert.deepEqual(judge(collector).rules, []);
        });
    }

    it("of Jaeger 1 for another port is told with the flag that opens it", () => {
        const { violations } = judge({
            ...{ receiver: "none", image: "jaegertracing/all-in-one:1.60" },
            args: ["--collector.otlp.grpc.host-port=:14317"],
        });
        assert.match(violations[0]?.got ?? "", /^otlp-grpc at 14317, otlp-http at 4318$/);
        assert.match(violations[0]?.cure ?? "", /--collector\.otlp\.grpc\.host-port \(variable COLLECTOR_OTLP_GRPC_/);
    });
});
