import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { fullName } from "../../inventory/mesh";
import type { Judgement } from "../../segments";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { ingesterFinding, waitingInTopic } from "./ingesters";
import { limitsOf } from "./limits";
import { tracesNotFound, whyNotFound } from "./notFound";
import { readElsewhere } from "./otherDatabase";
import { splitStorage } from "./split";
import { storeFault } from "./storeFault";
import { describeTiers, tierFindings, unreadTier } from "./tiers";
import { draftFor, unknown } from "../draft";

const make = draftFor("storage");

/** Whether accepted spans are stored. */
export function judgeStorage(evidence: Evidence): Judgement {
    const { collector, collectorCounts, probes, query } = evidence;
    const growth = growthOf(collectorCounts);
    const values: Record<string, string> = {
        "probes found": `${String(probes.filter(({ trace }) => trace).length)} of ${String(probes.length)}`,
    };
    const restarted = (collector?.pods ?? []).flatMap(describeRestarts);
    if (restarted.length > 0) values["restarts"] = restarted.join("; ");
    Object.assign(values, describeTiers(evidence));
    const split = splitStorage(evidence, values);
    if (split !== undefined) return { state: "broken", values, findings: [split] };
    const ofTiers = tierFindings(evidence, values);
    if (ofTiers.length > 0) return { state: "broken", values, findings: ofTiers };
    // A fault of the configuration, however much waits elsewhere.
    const elsewhere = probes.every(({ trace }) => trace !== undefined) ? undefined : readElsewhere(evidence);
    if (elsewhere !== undefined)
        return { state: "broken", values, findings: [tracesNotFound(evidence, values, elsewhere)] };
    const ofStore = storeFault(evidence, values);
    if (ofStore !== undefined) return { state: "broken", values, findings: [ofStore] };
    const ofIngesters = ingesterFinding(evidence, values);
    if (ofIngesters !== undefined) return { state: "broken", values, findings: [ofIngesters] };
    if ("value" in growth) {
        const { stored, storeFailed: failed, queued } = growth.value;
        values["spans stored during the requests"] = stored === undefined ? "not counted" : String(stored);
        values["spans that failed to be stored"] = String(failed);
        if (queued > 0) values["batches that wait to be stored"] = String(queued);
        if (failed > 0) {
            const finding = make({
                id: "storage-failing",
                resource: collector === undefined ? "collector" : collector.host,
                expected: "a storage, or another collector, that accepts every span",
                got: `${String(failed)} spans that the collector could not forward`,
                cure: "Check the collector's log for its exporter's errors, and whether its storage answers.",
                values,
            });
            return { state: "broken", values, findings: [finding] };
        }
    }
    if (probes.some(({ seen, trace }) => seen && trace === undefined)) {
        const [limit] = limitsOf(evidence);
        const kept = limit === undefined ? "" : `; ${limit.key} is ${limit.value}`;
        const finding = make({
            id: "traces-evicted",
            resource: limit?.resource ?? query.where,
            expected: "traces that stay stored",
            got: `a probe's trace that was stored and then lost${restarted.length === 0 ? "" : ` (${restarted.join("; ")})`}${kept}`,
            cure:
                restarted.length === 0 && limit !== undefined
                    ? `The store drops traces too early. ${limit.cure}`
                    : "The memory store keeps too few traces. Raise max_traces (stack setting: jaeger.maxTraces), or store traces on a disk.",
            commands: restarted.length === 0 ? (limit?.commands ?? []) : [],
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    if (probes.every(({ trace }) => trace !== undefined)) return { state: "ok", values, findings: [] };
    if (query.client === undefined) return unknown("Jaeger could not be queried", values);
    const waiting = "value" in growth ? growth.value.queued : 0;
    if (waiting > 0 && probes.every(({ seen }) => !seen)) {
        const finding = make({
            id: "storage-failing",
            resource: collector === undefined ? "collector" : collector.host,
            expected: "a storage, or another collector, that accepts every span",
            got: `${String(waiting)} waiting batches, and no probe found`,
            cure: "The collector retries for minutes before it counts a failure. Check its log for its exporter's errors, and whether the storage or the next collector answers.",
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    const cause = whyNotFound(evidence);
    const unread = unreadTier(evidence);
    if (cause === undefined && unread !== undefined) return unknown(unread, values);
    const waits = cause === undefined ? waitingInTopic(evidence, values) : undefined;
    return { state: "broken", values, findings: [waits ?? tracesNotFound(evidence, values, cause)] };
}

function describeRestarts(pod: PodObject): string[] {
    return (pod.status?.containerStatuses ?? [])
        .filter(({ restartCount }) => (restartCount ?? 0) > 0)
        .map(({ name, restartCount, lastState }) => {
            const reason = lastState?.terminated?.reason;
            return `${fullName(pod)} ${name}: ${String(restartCount)} restarts${reason === undefined ? "" : `, last ${reason}`}`;
        });
}
