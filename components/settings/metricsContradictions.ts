import { formatRange } from "../metrics";
import type { Settings } from "./complete";
import { samplingRange } from "./metrics";
import type { ParsedSettings } from "./parse";
import { showSetting, type SettingsProblem } from "./problems";

/** What the settings of metrics say against each other, against Jaeger, and against the sampling. */
export function findMetricsContradictions(
    given: ParsedSettings,
    { metrics, monitoring, jaeger }: Pick<Settings, "metrics" | "monitoring" | "jaeger">,
): SettingsProblem[] {
    const accepts = given["metrics.fromSampledSpans"];
    const loki = monitoring.lokiUrl === undefined || monitoring.outputs ? [] : [lokiWithoutOutput()];
    const others = jaeger.deploy ? [] : monitoringKeys(monitoring).map(withoutJaeger);
    if (metrics === undefined) return [...loki, ...others, ...(accepts ? [withoutPrometheus()] : [])];
    const key = metrics.deploysPrometheus ? "metrics.deployPrometheus" : "metrics.prometheusUrl";
    const both = given["metrics.deployPrometheus"] && given["metrics.prometheusUrl"] !== "";
    return [
        ...loki,
        ...others,
        ...(both ? [twoPrometheus()] : []),
        ...(jaeger.deploy ? [] : [withoutJaeger(key)]),
        ...(metrics.sampled === undefined || accepts ? [] : [sampledSpans(given)]),
    ];
}

/** The settings that give something about Jaeger to others. */
function monitoringKeys({ operator, dashboards, outputs }: Settings["monitoring"]): string[] {
    const asked = {
        "metrics.operator": operator !== "none",
        "metrics.dashboards": dashboards,
        "metrics.outputs": outputs,
    };
    return Object.entries(asked).flatMap(([key, isAsked]) => (isAsked ? [key] : []));
}

function lokiWithoutOutput(): SettingsProblem {
    return {
        key: "metrics.lokiUrl",
        expected: "nothing unless metrics.outputs is true: only the output grafanaDataSources contains it",
        got: "a URL",
        next: "set metrics.outputs to true, or remove metrics.lokiUrl",
    };
}

function withoutPrometheus(): SettingsProblem {
    return {
        key: "metrics.fromSampledSpans",
        expected: "nothing unless there is a Prometheus for the metrics",
        got: "true, without metrics.prometheusUrl and metrics.deployPrometheus",
        next: "set metrics.prometheusUrl or metrics.deployPrometheus, or remove metrics.fromSampledSpans",
    };
}

function twoPrometheus(): SettingsProblem {
    return {
        key: "metrics.deployPrometheus",
        expected: "false, because metrics.prometheusUrl already names a Prometheus",
        got: "true",
        next: "remove metrics.deployPrometheus or metrics.prometheusUrl",
    };
}

function withoutJaeger(key: string): SettingsProblem {
    return {
        key,
        expected: "nothing here, because jaeger.deploy is false: it is about the stack's own Jaeger",
        got: "a value for a Jaeger that the stack does not deploy",
        next: `remove ${key}, or set jaeger.deploy to true`,
    };
}

function sampledSpans(given: ParsedSettings): SettingsProblem {
    const range = samplingRange(given);
    return {
        key: "metrics.fromSampledSpans",
        expected:
            "true, because fewer than 100 percent of new traces are recorded: metrics from spans then count a " +
            "sample, not all requests",
        got: `${showSetting(given["metrics.fromSampledSpans"])} at ${formatRange(range)} percent`,
        next:
            "set samplingPercent to 100, here and in namespaces, for exact counts; or set metrics.fromSampledSpans to true and " +
            "read counts from Istio's own metrics (istio_requests_total), which are not sampled",
    };
}
