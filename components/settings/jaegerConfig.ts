import { isSecretHeader, isSecretName, isSecretText } from "../../checks/telemetry/secretHeaders";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import type { Kafka } from "../kafka";
import { renderOwnedConfig } from "../render/jaegerConfig";
import { INGESTER_PIPELINE } from "../render/jaegerKafka";
import type { JaegerMetrics } from "../render/spanMetrics";
import { BACKEND_PATH, type JaegerStorage } from "../storage";
import { findOverrideProblems } from "./overrides";
import type { SettingsProblem } from "./problems";

const BACKEND = BACKEND_PATH.join(".");
const BACKENDS = ["memory", "badger", "elasticsearch", "opensearch", "cassandra", "clickhouse", "grpc"];
const PLAINTEXT_RECEIVER = "remove it: sidecars send their spans without TLS and without credentials";

/** What Jaeger would take and the stack could not live with. */
const REFUSED: Record<string, string> = {
    "receivers.otlp.protocols.http.traces_url_path": "remove it: sidecars send their spans to /v1/traces",
    "extensions.healthcheckv2": "remove it: the pod's probes depend on it",
    "extensions.jaeger_query.base_path": "set ui.basePath instead",
    ...Object.fromEntries(
        ["otlp.protocols.grpc", "otlp.protocols.http", "zipkin"].flatMap((receiver) =>
            ["tls", "auth"].map((part) => [`receivers.${receiver}.${part}`, PLAINTEXT_RECEIVER]),
        ),
    ),
};

const FILE_NAME = /(^|[_.-])(file|path)$/i;
const REFERENCE = /^((basic|bearer) )?\$\{(env|file):[^}]+\}$/i;

/** What in the user's configuration of Jaeger contradicts a setting, or would be readable and must not be. */
export function findJaegerConfigProblems(
    extra: PlainObject,
    storage: JaegerStorage,
    metrics?: JaegerMetrics,
    kafka?: Kafka,
): SettingsProblem[] {
    const others = BACKENDS.filter((type) => storage.type !== "custom" && type !== storage.type);
    const override = {
        setting: "jaeger.config",
        refused: {
            ...REFUSED,
            ...Object.fromEntries(others.map((type) => [`${BACKEND}.${type}`, "set jaeger.storage instead"])),
        },
        settingOf: {
            [`${BACKEND}.memory.max_traces`]: "jaeger.maxTraces",
            [`${BACKEND}.badger.ttl`]: "jaeger.storage.retentionHours",
            [BACKEND]: "jaeger.storage",
            "receivers.kafka": "jaeger.kafka",
            "exporters.kafka": "jaeger.kafka",
            "extensions.jaeger_storage.metric_backends.main.prometheus.endpoint": "metrics.prometheusUrl",
            "exporters.prometheus.const_labels": "metrics.fromSampledSpans",
        },
        lists: [
            "service.extensions",
            "service.pipelines.traces.receivers",
            "service.pipelines.traces.exporters",
            `service.pipelines.${INGESTER_PIPELINE}.exporters`,
            "service.telemetry.metrics.readers",
        ],
        fixed: "remove it: Services, probes and other parts of the stack depend on this value, and no setting changes it",
    };
    const readable = readableSecrets(extra, []);
    const owned = findOverrideProblems(override, extra, renderOwnedConfig(storage, metrics, kafka));
    // What is a secret is shown by neither of the two.
    return [...readable, ...owned.filter(({ key }) => !readable.some((secret) => secret.key.startsWith(key)))];
}

/** The configuration stands in a ConfigMap, which far more people may read than a Secret. */
function readableSecrets(value: unknown, path: string[]): SettingsProblem[] {
    if (Array.isArray(value)) {
        return value.flatMap((part: unknown, index) => readableSecrets(part, [...path, String(index)]));
    }
    if (isPlainObject(value)) {
        return Object.entries(value).flatMap(([name, part]) => readableSecrets(part, [...path, name]));
    }
    const leaf = path.at(-1) ?? "";
    // YAML makes a number of a password of digits; other numbers are limits and times.
    const text = typeof value === "number" && isSecretHeader(leaf) ? String(value) : value;
    if (typeof text !== "string" || text === "" || REFERENCE.test(text)) return [];
    const named = path.some(isSecretName) && !FILE_NAME.test(leaf);
    if (!named && !isSecretText(text)) return [];
    return [
        {
            key: ["jaeger.config", ...path].join("."),
            expected: "no password, token or key in this setting, because it ends up in a ConfigMap",
            got: `text of ${String(text.length)} characters, which is not shown`,
            next: "set jaegerStoragePassword, and write ${file:/etc/jaeger-storage/password} where Jaeger needs it",
        },
    ];
}
