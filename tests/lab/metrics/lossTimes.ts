import type { RuleTime } from "./ruleTimes";

const MADE = 'envoy_tracing_opentelemetry_spans_sent{pod="frontend"}';
const ACCEPTED = 'otelcol_receiver_accepted_spans_total{receiver="otlp"}';
const KAFKA = 'otelcol_receiver_accepted_spans_total{receiver="kafka"}';

const LOST = "TracingSpansLost";
/** Sixty spans a minute as Prometheus reads them every 15 seconds, for an hour. */
const STEADY = { interval: "15s", series: { [MADE]: "0+15x240" } };

/** When spans get lost on the way to Jaeger, and when it only looks so. */
export const LOSS_TIMES: RuleTime[] = [
    {
        what: "one span in six does not arrive",
        alert: LOST,
        series: { [MADE]: "0+60x60", [ACCEPTED]: "0+50x60" },
        silent: [24],
        firing: [26, 45],
    },
    {
        what: "no span arrives, and nobody counts any",
        alert: LOST,
        series: { [MADE]: "0+60x60" },
        silent: [24],
        firing: [26, 45],
    },
    {
        what: "half of the spans do not arrive, and ingesters read the other half from Kafka",
        alert: LOST,
        series: { [MADE]: "0+60x60", [ACCEPTED]: "0+30x60", [KAFKA]: "0+30x60" },
        silent: [24],
        firing: [26, 45],
    },
    {
        what: "one span in thirty does not arrive",
        alert: LOST,
        series: { [MADE]: "0+60x60", [ACCEPTED]: "0+58x60" },
        ...{ silent: [60], firing: [], waits: false },
    },
    {
        what: "a mesh with one span a minute loses it",
        alert: LOST,
        series: { [MADE]: "0+1x60" },
        ...{ silent: [60], firing: [], waits: false },
    },
    {
        what: "Jaeger is away for two minutes",
        alert: LOST,
        interval: "15s",
        series: { [MADE]: "0+15x240", [ACCEPTED]: "0+15x80 1200x8 1215+15x150" },
        silent: [21, 25, 30, 35, 60],
        firing: [],
    },
    {
        what: "Prometheus starts, and reads Jaeger half a minute later than sidecars",
        alert: LOST,
        ...{ ...STEADY, series: { ...STEADY.series, [ACCEPTED]: "_x2 30+15x238" } },
        ...{ silent: [60], firing: [], waits: false },
    },
    {
        what: "Jaeger once does not answer Prometheus",
        alert: LOST,
        ...{ ...STEADY, series: { ...STEADY.series, [ACCEPTED]: "0+15x120 stale 1830+15x118" } },
        ...{ silent: [60], firing: [], waits: false },
    },
    {
        what: "another pod of Jaeger takes over between two readings",
        alert: LOST,
        ...STEADY,
        series: {
            ...STEADY.series,
            [ACCEPTED.replace("}", ',pod="one"}')]: "0+15x120 stale",
            [ACCEPTED.replace("}", ',pod="two"}')]: "_x122 30+15x117",
        },
        ...{ silent: [60], firing: [], waits: false },
    },
];
