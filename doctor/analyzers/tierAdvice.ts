import { checkTailSamplingOrder } from "../../checks/collector/tailSamplingOrder";
import { checkRoutingKey, TRACE_KEY } from "../../checks/collector/tierRouting";
import { INJECT_LABEL } from "../../shared/names/istio";
import type { PodObject } from "../../shared/kubernetes/objects";
import { itemsAt, mapAt } from "../../shared/values/plainObjects";
import type { Evidence } from "../evidence";
import type { TierEvidence } from "../evidence/tiers";
import { kindOf, nameOfFile, pipelinesOf, type CollectorFile } from "../inventory/collectorPipelines";
import { fullName, isReady, sidecarOf } from "../inventory/mesh";
import { balancedServices, BALANCING } from "../inventory/nextTier";
import { areFewer, creatorOf, rollableOf, waitCommands } from "../inventory/workload";
import { parseText } from "../parseText";
import { editFile, type Edit } from "../remediation/collectorFile";
import type { Command } from "../remediation/commands";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";
import { whyNotReady } from "./pods";
import { unknownSamplers } from "./storage/tierNames";
import { exportersIn, samplersIn, type Cause } from "./storage/tierParts";
import { lackingRights } from "./storage/tierRights";

const make = draftFor("storage");

/** What is wrong with tiers of Collectors even if spans pass them. */
export function tierAdvice(evidence: Evidence): DoctorFinding[] {
    const tiers = evidence.tiers ?? [];
    const arrived = evidence.probes.every(({ seen }) => seen);
    return tiers.flatMap((tier, index) => [
        ...(arrived ? waysOfNewPods(tier, evidence) : []).map(advise),
        ...wrongOrder(tier),
        ...apartByKey(tier, tiers[index + 1], evidence).map(advise),
        ...tracedItself(tier),
        // The first tier is the collector of the mesh, whose pods have a finding of their own.
        ...(index === 0 ? [] : missingPods(tier, evidence)),
    ]);
}

/** A fault with which probes still arrive. */
function advise(cause: Cause): DoctorFinding {
    return make({ ...cause, severity: "warning", values: {} });
}

/** What keeps new pods of a tier from the next one, while former ones serve on. */
function waysOfNewPods(tier: TierEvidence, { discovery }: Evidence): Cause[] {
    const unknown = unknownSamplers(tier, discovery);
    return unknown.length > 0 ? unknown : lackingRights(tier);
}

/** Exporters that give the spans of a trace to several samplers of the next tier. */
function apartByKey(tier: TierEvidence, next: TierEvidence | undefined, { discovery }: Evidence): Cause[] {
    if (next?.service === undefined || samplersIn(next).length === 0) return [];
    const behind = fullName(next.service);
    return exportersIn(tier, BALANCING)
        .filter(({ file, name }) => balancedServices(file, name, discovery).some((one) => fullName(one) === behind))
        .flatMap(({ file, name }) => {
            const subject = { resource: nameOfFile(file) };
            const edit = { keys: ["exporters", name, "routing_key"], value: TRACE_KEY };
            return checkRoutingKey(subject, name, mapAt(file.config, "exporters", name)).map((finding) => ({
                ...{ ...finding, standing: true, commands: editFile(file, [edit], tier.pods) },
            }));
        });
}

function wrongOrder({ files, pods }: TierEvidence): DoctorFinding[] {
    return files.flatMap((file) => {
        const { configMap, key } = file;
        const manifest = { kind: "ConfigMap", ...configMap, data: { [key]: configMap.data?.[key] ?? "" } };
        return checkTailSamplingOrder([manifest], parseText).map((finding) =>
            make({
                ...{ ...finding, severity: "warning", standing: true, values: {} },
                commands: reorder(file, pods),
            }),
        );
    });
}

function reorder(file: CollectorFile, pods: PodObject[]): Command[] {
    const edits = reordered(file).filter(
        ({ keys, value }) => JSON.stringify(value) !== JSON.stringify(itemsAt(file.config, ...keys)),
    );
    return edits.length === 0 ? [] : editFile(file, edits, pods);
}

/** The limiter first, what decides after it, and batches last. */
function reordered({ config }: CollectorFile): Edit[] {
    const rank = (name: string): number => (kindOf(name) === "memory_limiter" ? 0 : kindOf(name) === "batch" ? 2 : 1);
    return pipelinesOf(config)
        .filter(({ processors }) => processors.some((name) => kindOf(name) === "tail_sampling"))
        .map(({ name }) => {
            const keys = ["service", "pipelines", name, "processors"];
            const processors = itemsAt(config, ...keys).map(String);
            return { keys, value: [...processors].sort((left, right) => rank(left) - rank(right)) };
        });
}

function tracedItself(tier: TierEvidence): DoctorFinding[] {
    const isTier = samplersIn(tier).length > 0 || exportersIn(tier, BALANCING).length > 0;
    const pod = tier.pods.find((one) => sidecarOf(one) !== undefined);
    if (!isTier || pod === undefined) return [];
    const [kind = "", name = ""] = rollableOf(pod)?.split("/") ?? [];
    const object = { metadata: { name, namespace: pod.metadata.namespace } };
    const patch = { spec: { template: { metadata: { labels: { [INJECT_LABEL]: "false" } } } } };
    return [
        make({
            ...{ id: "collector-traces-itself", severity: "warning", values: {}, standing: true },
            resource: `Pod ${fullName(pod)}`,
            expected: `pods outside of the mesh, with the label ${INJECT_LABEL}: "false"`,
            got: "a sidecar, which traces the calls that deliver spans to the pod, and thus creates more spans",
            cure: `Set the label ${INJECT_LABEL} to "false" on the pods.`,
            commands: name === "" ? [] : [{ verb: "merge", kind, object, patch }, ...waitCommands(pod)],
        }),
    ];
}

/** Pods of a tier that are not made or do not start, while others of it serve on. */
function missingPods({ pods }: TierEvidence, evidence: Evidence): DoctorFinding[] {
    const { workloads } = evidence;
    // A workload with all of its pods tells of a rejection that is over.
    const creator = areFewer(pods, workloads) ? creatorOf(pods, workloads) : undefined;
    const trouble = pods.some(isReady) ? whyNotReady(creator, pods, evidence) : undefined;
    if (trouble === undefined) return [];
    return [
        make({
            ...trouble,
            ...{ severity: "warning", values: {}, standing: true },
            expected: "a tier whose pods all start",
            got: `${trouble.got}; the other pods of the tier receive its traces`,
        }),
    ];
}
