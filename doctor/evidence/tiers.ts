import type { Fact } from "../../shared/cluster/facts";
import type { PodObject, ServiceObject } from "../../shared/kubernetes/objects";
import { JAEGER_PORTS } from "../../shared/names/ports";
import type { Access } from "../connection/access";
import { podsBehind, type CollectorTarget } from "../inventory/collector";
import { collectorFilesOf, type CollectorFile } from "../inventory/collectorPipelines";
import { fullName } from "../inventory/mesh";
import { decisionSeconds, nextServices } from "../inventory/nextTier";
import type { Discovery } from "../inventory/objects";
import { alloyPods, UNREAD_WAIT } from "../inventory/otherSyntax";
import { readCollectorFiles } from "./receivers";
import { readResolverRights, type ResolverRights } from "./resolverRights";

/** More tiers than that have no reason. */
const DEPTH = 3;
/** The maximum number of pods of a tier to query one by one. */
const PODS = 10;
/** Longest time that the doctor waits for decisions, in seconds. */
const LONGEST_WAIT = 120;
/** A tick of the processor, a batch and a retry, in seconds. */
const SENDING = 3;

/** Collectors that spans pass one after another, from those to which the mesh sends to those before the storage. */
export interface Tier {
    /** Undefined if it is the one to which the mesh sends, and not a Service of the cluster. */
    service: ServiceObject | undefined;
    pods: PodObject[];
    files: CollectorFile[];
    /** Undefined if its configuration asks the API server for nothing. */
    rights?: ResolverRights;
}

/** Sums over the pods of a tier. A name that no pod has is left out. */
export type TierCounts = Partial<Record<keyof typeof COUNTERS, number>>;

/** A tier with its counts before and after the doctor's requests. */
export interface TierEvidence extends Tier {
    before: TierCounts;
    after: TierCounts;
}

/** Counters and gauges that are read, whether their names end in `_total` or not. */
const COUNTERS = {
    accepted: /^otelcol_receiver_accepted_spans(?:_total)?(?:\{.*\})? (\S+)$/gm,
    refused: /^otelcol_receiver_(?:refused|failed)_spans(?:_total)?(?:\{.*\})? (\S+)$/gm,
    overflowed: /^otelcol_exporter_enqueue_failed_spans(?:_total)?(?:\{.*\})? (\S+)$/gm,
    sent: /^otelcol_exporter_sent_spans(?:_total)?(?:\{.*\})? (\S+)$/gm,
    sendFailed: /^otelcol_exporter_send_failed_spans(?:_total)?(?:\{.*\})? (\S+)$/gm,
    queued: /^otelcol_exporter_queue_size(?:\{.*\})? (\S+)$/gm,
    kept: /^otelcol_processor_tail_sampling_global_count_traces_sampled(?:_total)?\{.*sampled="true".*\} (\S+)$/gm,
    notKept: /^otelcol_processor_tail_sampling_global_count_traces_sampled(?:_total)?\{.*sampled="false".*\} (\S+)$/gm,
    evicted: /^otelcol_processor_tail_sampling_sampling_trace_dropped_too_early(?:_total)?(?:\{.*\})? (\S+)$/gm,
    filtered: /^otelcol_processor_filter_spans_filtered(?:_ratio)?(?:_total)?(?:\{.*\})? (\S+)$/gm,
    /** Spans that went on to the storage or the next tier. */
    stored: /^otelcol_exporter_sent_spans(?:_total)?(?:\{.*\})? (\S+)$/gm,
    /** Messages of Kafka that wait behind the one that was handled last. Prometheus' names say that its unit is 1. */
    lag: /^otelcol_kafka_receiver_offset_lag(?:_ratio)?(?:\{.*\})? (\S+)$/gm,
    backends: /^otelcol_loadbalancer_num_backends(?:\{.*\})? (\S+)$/gm,
} as const;

type Files = Parameters<typeof collectorFilesOf>[0]["collectorFiles"];

/** Follows spans from the collector of the mesh through every tier before the storage. */
export async function findTiers(
    access: Access,
    discovery: Discovery,
    collector: CollectorTarget | undefined,
    files: Files,
): Promise<Tier[]> {
    const tiers = await followTiers(access, discovery, collector, files);
    return Promise.all(
        tiers.map(async (tier) => {
            const rights = await readResolverRights(access, tier);
            return { ...tier, ...(rights && { rights }) };
        }),
    );
}

async function followTiers(
    access: Access,
    discovery: Discovery,
    collector: CollectorTarget | undefined,
    files: Files,
): Promise<Tier[]> {
    if (collector === undefined) return [];
    let current: Tier = {
        ...{ service: collector.service, pods: collector.pods },
        files: collectorFilesOf({ collector, collectorFiles: files }),
    };
    // A Jaeger that only stores is no tier.
    if (current.pods.some(isStorage) && current.files.every((file) => decisionSeconds(file) === 0)) return [];
    const tiers = [current];
    while (tiers.length < DEPTH) {
        const [service] = current.files.flatMap((file) => nextServices(file, discovery));
        if (service === undefined) return tiers;
        const pods = podsBehind(service, discovery);
        const seen = tiers.some((tier) => tier.service !== undefined && fullName(tier.service) === fullName(service));
        if (seen || pods.some(isStorage)) return tiers;
        const found = await readCollectorFiles(access, pods);
        current = { service, pods, files: collectorFilesOf({ collector, collectorFiles: found }) };
        tiers.push(current);
    }
    return tiers;
}

/** Jaeger, which is behind the last tier. */
function isStorage({ spec }: PodObject): boolean {
    const ports = spec?.containers?.flatMap((container) => container.ports ?? []) ?? [];
    return ports.some(({ containerPort }) => containerPort === JAEGER_PORTS.queryHttp);
}

/** How long tiers hold spans until they have decided, in milliseconds. */
export function holdMs(tiers: Tier[]): number {
    const waits = tiers.map(({ files, pods }) =>
        alloyPods(pods).length > 0 ? UNREAD_WAIT : Math.max(0, ...files.map(decisionSeconds)),
    );
    const total = waits.reduce((sum, wait) => sum + (wait === 0 ? 0 : wait + SENDING), 0);
    return Math.min(total, LONGEST_WAIT) * 1000;
}

/** The current counts of each tier. */
export function readTiers(access: Access, tiers: Tier[]): Promise<TierCounts[]> {
    return Promise.all(
        tiers.map(async ({ pods }) => {
            // The counts of only some pods would prove nothing.
            if (pods.length > PODS) return {};
            const texts = await Promise.all(pods.map((pod) => metricsOf(access, pod)));
            return countsIn(texts.flatMap((fact) => ("value" in fact ? [fact.value ?? ""] : [])).join("\n"));
        }),
    );
}

function metricsOf(
    access: Access,
    { metadata: { name, namespace = "" } }: PodObject,
): Promise<Fact<string | undefined>> {
    return access.text(`/api/v1/namespaces/${namespace}/pods/${name}:${String(JAEGER_PORTS.metrics)}/proxy/metrics`);
}

/** Sums of the counters in Prometheus' text format. */
export function countsIn(metrics: string): TierCounts {
    return Object.fromEntries(
        Object.entries(COUNTERS).flatMap(([name, pattern]) => {
            const found = [...metrics.matchAll(pattern)].map((match) => Number(match[1]));
            return found.length === 0 ? [] : [[name, found.reduce((sum, count) => sum + count, 0)]];
        }),
    );
}

/** By how much a count grew meanwhile; 0 for one that is not there. */
export function grownBy({ before, after }: TierEvidence, name: keyof TierCounts): number {
    const now = after[name] ?? 0;
    const then = before[name] ?? 0;
    // A restarted pod counts from zero.
    return now >= then ? now - then : now;
}
