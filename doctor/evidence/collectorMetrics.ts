import type { Fact } from "../../shared/cluster/facts";
import type { Access } from "../connection/access";
import { fullName, sidecarOf } from "../inventory/mesh";
import type { PodObject } from "../../shared/kubernetes/objects";
import { JAEGER_PORTS } from "../../shared/names/ports";

/** The collector's counts of spans; undefined if it has no such metric. */
export interface CollectorCounts {
    accepted: number;
    refused: number;
    /** Sent to the storage or to the next collector. */
    stored: number | undefined;
    storeFailed: number;
    /** Batches that wait to be sent, or to be sent again. */
    queued: number;
}

/** Port of the OpenTelemetry Collector's own metrics, which Jaeger v2 is: https://opentelemetry.io/docs/collector/internal-telemetry/ */
const METRICS_PORT = JAEGER_PORTS.metrics;

/** The maximum number of a collector's pods to query one by one. The counts of only some pods would prove nothing. */
const PODS = 10;

/** The counts of one pod of a collector. */
export interface PodCounts {
    /** `namespace/name`. */
    pod: string;
    counts: Fact<CollectorCounts>;
}

/** The counts of the collector's pods, each with its own failure. */
export async function readCollector(access: Access, pods: PodObject[]): Promise<Fact<PodCounts[]>> {
    const unasked = (reason: string): Fact<never> => ({ failure: { kind: "unexpected", reason } });
    if (pods.length === 0) return unasked("there is no pod behind the collector");
    if (pods.length > PODS) return unasked(`it has ${String(pods.length)} pods, which is too many to query one by one`);
    const read = pods.map(async (pod): Promise<PodCounts> => {
        const fact = await readMetrics(access, pod);
        return { pod: fullName(pod), counts: "failure" in fact ? fact : { value: parseMetrics(fact.value ?? "") } };
    });
    return { value: await Promise.all(read) };
}

async function readMetrics(access: Access, pod: PodObject): Promise<Fact<string | undefined>> {
    const { name, namespace = "" } = pod.metadata;
    const fact = await access.text(
        `/api/v1/namespaces/${namespace}/pods/${name}:${String(METRICS_PORT)}/proxy/metrics`,
    );
    if ("value" in fact || sidecarOf(pod) === undefined) return fact;
    // Its sidecar admits only the mesh, but it can be queried from inside the pod.
    const { url } = await access.forward(namespace, name, METRICS_PORT);
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    return answer?.ok === true ? { value: await answer.text() } : fact;
}

/**
 * Jaeger's or an OpenTelemetry Collector's own metrics in Prometheus' text format. Five sums need no parser of the whole
 * format: the package for it on npm has had no release since 2024.
 */
export function parseMetrics(text: string): CollectorCounts {
    const sum = (pattern: RegExp): number | undefined => {
        const found = [...text.matchAll(pattern)].map((match) => Number(match[1]));
        return found.length === 0 ? undefined : found.reduce((left, right) => left + right, 0);
    };
    return {
        accepted: sum(/^otelcol_receiver_accepted_spans(?:_total)?(?:\{.*\})? (\S+)$/gm) ?? 0,
        refused: sum(/^otelcol_receiver_(?:refused|failed)_spans(?:_total)?(?:\{.*\})? (\S+)$/gm) ?? 0,
        stored: sum(/^otelcol_exporter_sent_spans(?:_total)?(?:\{.*\})? (\S+)$/gm),
        queued: sum(/^otelcol_exporter_queue_size(?:\{.*\})? (\S+)$/gm) ?? 0,
        storeFailed: sum(/^otelcol_exporter_(?:send_failed|enqueue_failed)_spans(?:_total)?(?:\{.*\})? (\S+)$/gm) ?? 0,
    };
}
