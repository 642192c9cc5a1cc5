import { itemsOf, type Fact } from "../../shared/cluster/facts";
import type { Manifest } from "../../shared/kubernetes/manifest";
import type { ConfigMapObject, PodObject } from "../../shared/kubernetes/objects";
import { textAt } from "../../shared/values/plainObjects";
import type { Access } from "../connection/access";
import type { CollectorTarget } from "../inventory/collector";
import { collectorFilesOf, kindOf, pipelinesOf, type CollectorFile } from "../inventory/collectorPipelines";
import { fullName } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { readCollectorFiles } from "./receivers";
import type { Tier } from "./tiers";

/** A topic of Kafka into which the collector writes spans, and the pods that read it. */
export interface TopicReaders extends Tier {
    topic: string;
    /** Files of pods beside the collector that read other topics, each with its pods. */
    strays: { file: CollectorFile; pods: PodObject[] }[];
}

/** Time that the requests' spans may take through Kafka: an ingester stores one after another. */
export const KAFKA_MS = 20_000;

const DEFAULT_TOPIC = "otlp_spans";
/** Candidates are pods of the collector's namespace that mount a configuration and are not the collector itself. */
const CANDIDATES = 20;

/** Who reads the topic into which the collector writes; undefined if it writes into none. */
export async function findIngesters(
    access: Access,
    { pods }: Pick<Discovery, "pods">,
    collector: CollectorTarget | undefined,
    collectorFiles: Fact<ConfigMapObject[]>,
): Promise<TopicReaders | undefined> {
    if (collector === undefined) return undefined;
    const [topic] = collectorFilesOf({ collector, collectorFiles }).flatMap((file) => topicsOf(file, "exporters"));
    if (topic === undefined) return undefined;
    const own = new Set(collector.pods.map(fullName));
    const homes = new Set(collector.pods.map(({ metadata }) => metadata.namespace));
    const candidates = itemsOf(pods)
        .filter((pod) => homes.has(pod.metadata.namespace) && !own.has(fullName(pod)) && mounted(pod).length > 0)
        .slice(0, CANDIDATES);
    const all = collectorFilesOf({ collector, collectorFiles: await readCollectorFiles(access, candidates) });
    const files = all.filter((file) => topicsOf(file, "receivers").includes(topic));
    const readersOf = ({ configMap }: CollectorFile): PodObject[] =>
        candidates.filter(
            (pod) =>
                pod.metadata.namespace === configMap.metadata.namespace &&
                mounted(pod).includes(configMap.metadata.name),
        );
    const strays = all
        .filter((file) => topicsOf(file, "receivers").length > 0 && !files.includes(file))
        .map((file) => ({ file, pods: readersOf(file) }));
    return { topic, service: undefined, pods: [...new Set(files.flatMap(readersOf))], files, strays };
}

/** Topics that the traces pipelines of a configuration write or read. */
export function topicsOf({ config }: CollectorFile, part: "exporters" | "receivers"): string[] {
    return pipelinesOf(config)
        .flatMap((pipeline) => pipeline[part])
        .filter((name) => kindOf(name) === "kafka")
        .map((name) => textAt(config, ...topicKeys(config, part, name)) ?? DEFAULT_TOPIC);
}

/** Where a configuration names the topic of a receiver or an exporter; older ones have no `traces`. */
export function topicKeys(config: Manifest, part: "exporters" | "receivers", name: string): string[] {
    const old = [part, name, "topic"];
    const keys = [part, name, "traces", "topic"];
    return textAt(config, ...keys) === undefined && textAt(config, ...old) !== undefined ? old : keys;
}

function mounted({ spec }: PodObject): string[] {
    return (spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
}
