import type { Cluster } from "../../../lab/cluster";
import { describeFaults, patch, type Fault } from "./faults";
import { changeJaegerConfig, type JaegerConfig, type PutBack } from "../support/jaegerConfig";
import { kubectl } from "../support/sharedLab";

let putBack: PutBack = () => undefined;

/** A fault of Jaeger's own configuration. */
function misconfigured(
    fault: Pick<Fault, "what" | "id" | "segment" | "got"> & { mendable: boolean },
    change: (config: JaegerConfig) => void,
): Fault {
    const { mendable, ...rest } = fault;
    return {
        ...rest,
        inject: (lab: Cluster) => {
            putBack = changeJaegerConfig(lab, change);
        },
        ...(!mendable && {
            mend: () => {
                putBack();
            },
        }),
        cleanUp: () => {
            putBack();
        },
        full: true,
    };
}

describeFaults("the collector's own configuration", [
    misconfigured(
        {
            what: "a batch that waits for five minutes",
            id: "trace-not-found",
            segment: "storage",
            got: /^0 of 3 found; processors\.batch\.timeout is 300s, .*send_batch_size \(10000\)/,
            mendable: true,
        },
        ({ processors }) => {
            processors["batch"] = { timeout: "300s", send_batch_size: 10_000 };
        },
    ),
    misconfigured(
        {
            what: "a pipeline that only prints spans",
            id: "trace-not-found",
            segment: "storage",
            got: /service\.pipelines\.traces\.exporters is debug, so the collector neither stores/,
            mendable: true,
        },
        ({ exporters, service }) => {
            exporters["debug"] = {};
            service.pipelines.traces.exporters = ["debug"];
        },
    ),
    misconfigured(
        {
            what: "a query that asks another storage than traces are written to",
            id: "trace-not-found",
            segment: "storage",
            got: /extensions\.jaeger_query\.storage\.traces is other, but traces are written to main$/,
            mendable: true,
        },
        ({ extensions }) => {
            extensions.jaeger_storage.backends["other"] = { memory: { max_traces: 100 } };
            extensions.jaeger_query.storage.traces = "other";
        },
    ),
    misconfigured(
        {
            what: "a filter that drops every span",
            id: "trace-not-found",
            segment: "storage",
            got: /its traces pipeline contains filter\/all, which may drop spans$/,
            mendable: false,
        },
        ({ processors, service }) => {
            processors["filter/all"] = { error_mode: "ignore", traces: { span: ["true"] } };
            service.pipelines.traces.processors = ["filter/all", ...service.pipelines.traces.processors];
        },
    ),
    misconfigured(
        {
            what: "a memory_limiter that leaves it no memory",
            id: "collector-refuses",
            segment: "reception",
            got: /^[1-9]\d* refused and .*; processors\.memory_limiter\.limit_mib of ConfigMap .* is 6, and its container jaeger may use \d+ MiB$/,
            mendable: true,
        },
        ({ processors, service }) => {
            processors["memory_limiter"] = { check_interval: "100ms", limit_mib: 6 };
            service.pipelines.traces.processors = ["memory_limiter", ...service.pipelines.traces.processors];
        },
    ),
    misconfigured(
        {
            what: "a receiver that listens at another port than the Service leads to",
            id: "collector-receiver-port",
            segment: "export",
            got: /^otlp-grpc at 14317, /,
            mendable: true,
        },
        ({ receivers }) => {
            receivers.otlp.protocols.grpc.endpoint = "0.0.0.0:14317";
        },
    ),
    misconfigured(
        {
            what: "a receiver that no pipeline names",
            id: "collector-receiver-unused",
            segment: "export",
            got: /^receivers\.otlp\.protocols\.grpc is declared, but no pipeline names it, .*; service\.pipelines\.traces\.receivers is zipkin$/,
            mendable: true,
        },
        ({ service }) => {
            service.pipelines.traces.receivers = ["zipkin"];
        },
    ),
    misconfigured(
        {
            what: "a memory store of 10 traces",
            id: "trace-not-found",
            segment: "storage",
            got: /max_traces is 10, fewer than the \d+ traces since the probes$/,
            mendable: true,
        },
        ({ extensions }) => {
            const [name = ""] = Object.keys(extensions.jaeger_storage.backends);
            extensions.jaeger_storage.backends[name] = { memory: { max_traces: 10 } };
        },
    ),
    {
        what: "a receiver that the command line lets listen on localhost",
        inject: (lab) => {
            const value = "--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:4317";
            const path = "/spec/template/spec/containers/0/args/-";
            patch(lab, "istio-system", "deployment/jaeger", { op: "add", path, value });
            kubectl(lab, "rollout", "status", "deployment/jaeger", "-n", "istio-system", "--timeout=120s");
        },
        id: "collector-receiver-local",
        segment: "export",
        got: /^--set=receivers\.otlp\.protocols\.grpc\.endpoint=127\.0\.0\.1:4317 in args of the container jaeger: /,
        full: true,
    },
    {
        what: "a configuration that was corrected without a restart",
        inject: (lab) => {
            putBack = changeJaegerConfig(lab, ({ receivers }) => {
                receivers.otlp.protocols.grpc.endpoint = "0.0.0.0:14317";
            });
            putBack({ restart: false });
        },
        id: "collector-config-stale",
        segment: "export",
        got: /^changed after istio-system\/jaeger-.* started, and nothing listens on port 4317 there/,
        full: true,
    },
]);
