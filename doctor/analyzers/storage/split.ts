import { jaegerConfigsOf } from "../../../checks/jaeger/configuration";
import { at, isPlainObject, mapAt } from "../../../shared/values/plainObjects";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import { fullName, isReady, listNames } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { parseText } from "../../parseText";
import type { Command } from "../../remediation/commands";
import { rollableOf } from "../../inventory/workload";
import { draftFor } from "../draft";

/**
 * Several Jaegers behind one Service that each keep traces in memory: every one has some of the spans, and a question gets
 * the answer of one. Whether the probes' traces were whole is luck.
 */
export function splitStorage(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { collector } = evidence;
    const pods = (collector?.pods ?? []).filter(isReady).filter((pod) => keepsInMemory(pod, evidence));
    const [first] = pods;
    if (collector === undefined || first === undefined || pods.length < 2) return undefined;
    return draftFor("storage")({
        id: "storage-split",
        resource: collector.service === undefined ? collector.host : `Service ${fullName(collector.service)}`,
        expected: "one Jaeger, or a storage that all of them share, where traces are kept in memory",
        got: `${String(pods.length)} ready pods with a memory of their own: ${listNames(pods)}; a question is answered by one of them`,
        cure: "Run one of them; or give them a storage that they share (Elasticsearch, OpenSearch, Cassandra, ClickHouse; stack setting: jaeger.storage).",
        commands: scaleToOne(pods),
        values,
        standing: true,
    });
}

/** True for a Jaeger whose configuration has a backend in memory, or that has no configuration and so that one. */
function keepsInMemory(pod: PodObject, { collectorFiles }: Evidence): boolean {
    const containers = pod.spec?.containers ?? [];
    const jaeger = containers.find(({ image }) => /\bjaeger(?:tracing)?\/(?:jaeger|all-in-one)\b/.test(image ?? ""));
    const names = (pod.spec?.volumes ?? []).flatMap(({ configMap, projected }) =>
        [configMap, ...(projected?.sources ?? []).map((source) => source.configMap)].flatMap((one) => one?.name ?? []),
    );
    const configs = itemsOf(collectorFiles)
        .filter(({ metadata }) => metadata.namespace === pod.metadata.namespace && names.includes(metadata.name))
        .flatMap((object) => jaegerConfigsOf({ kind: "ConfigMap", ...object }, parseText));
    if (configs.length > 0)
        return configs.some(({ config }) => backends(config).some((one) => one["memory"] !== undefined));
    if (jaeger === undefined || "failure" in collectorFiles) return false;
    const { args = [], env = [] } = jaeger;
    const type = env.find(({ name }) => name === "SPAN_STORAGE_TYPE")?.value;
    return !args.some((word) => /^--(?:config|set)\b/.test(word)) && (type ?? "memory") === "memory";
}

function backends(config: Record<string, unknown>): Record<string, unknown>[] {
    return Object.values(mapAt(at(config, "extensions", "jaeger_storage"), "backends")).filter(isPlainObject);
}

/** None where several workloads make the pods, or one that has no number of them. */
function scaleToOne(pods: PodObject[]): Command[] {
    const [workload, ...others] = [...new Set(pods.map((pod) => rollableOf(pod) ?? ""))];
    const namespace = pods[0]?.metadata.namespace ?? "";
    if (workload === undefined || others.length > 0 || !/^(?:deployment|statefulset)\//.test(workload)) return [];
    return [
        { verb: "scale", workload, namespace, replicas: 1 },
        { verb: "await", workload, namespace },
    ];
}
