import { itemsOf } from "../../../shared/cluster/facts";
import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { topicKeys, topicsOf } from "../../evidence/ingesters";
import { grownBy } from "../../evidence/tiers";
import { kindOf, nameOfFile, pipelinesOf } from "../../inventory/collectorPipelines";
import { isReady, listNames } from "../../inventory/mesh";
import { nameForKubectl } from "../../inventory/workload";
import { editFile } from "../../remediation/collectorFile";
import type { Command } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";
import { isEveryProbeComplete } from "../propagation";

const make = draftFor("storage");
/** As many ingesters as the stack has by default. */
const REPLICAS = 2;

/** A topic of Kafka that nobody reads, or that is read too slowly, so that the probes' traces are not found. */
export function ingesterFinding(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { ingesters, probes } = evidence;
    if (ingesters === undefined) return undefined;
    const { topic, pods } = ingesters;
    const resource = `Kafka's topic ${topic}`;
    const ready = pods.filter(isReady);
    const stray = ready.length === 0 ? readingElsewhere(ingesters) : undefined;
    if (stray !== undefined) return make({ ...stray, values });
    if (ready.length === 0) {
        return make({
            id: "ingester-missing",
            resource,
            expected: "ingesters that store what the collector writes into the topic",
            got: pods.length === 0 ? "no pod that reads it" : `no ready pod that reads it: ${listNames(pods)}`,
            cure:
                "Start the ingesters, or find out why they are not ready: their storage may be down. Spans wait in " +
                "the topic until they are older than its retention. Stack setting: jaeger.roles.ingester.",
            commands: pods.length === 0 ? scaleUp(evidence) : [],
            values,
            standing: true,
        });
    }
    if (isEveryProbeComplete(evidence)) return undefined;
    const lag = ingesters.after.lag ?? 0;
    const stored = grownBy(ingesters, "stored");
    const failed = grownBy(ingesters, "refused");
    const growth = growthOf(evidence.collectorCounts);
    const written = "value" in growth ? (growth.value.stored ?? 0) : 0;
    // Some spans of each probe have passed; those that have not are more likely in another trace than late.
    const isPassing = probes.every(({ trace }) => trace !== undefined);
    const keepsUp = isPassing ? 2 * stored >= written : stored > 0 && stored >= written;
    if (lag === 0 && failed === 0 && keepsUp) return undefined;
    return make({
        id: "ingester-lags",
        resource,
        expected: "ingesters that store spans as fast as they arrive",
        got:
            `${String(lag)} messages behind at their last report; during the requests, ${String(written)} spans went ` +
            `into the topic, ${String(stored)} were stored and ${String(failed)} rejected by the storage, for ` +
            listNames(ready),
        cure:
            failed > 0 || stored === 0
                ? "Check the log of the ingesters for the storage's answers: whether it is up, has free space, and " +
                  "accepts their login. Nothing is lost before the topic's retention ends."
                : "Add ingesters, at most one per partition of the topic, or use a faster storage. Stack settings: " +
                  "jaeger.roles.ingester, jaeger.kafka.partitions.",
        values,
    });
}

/** Ingesters that read another topic than the one into which the collector writes. */
function readingElsewhere({ topic, strays }: NonNullable<Evidence["ingesters"]>): Omit<Draft, "values"> | undefined {
    const [stray] = strays.flatMap(({ file, pods }) => {
        const names = pipelinesOf(file.config).flatMap(({ receivers }) => receivers);
        const name = names.find((one) => kindOf(one) === "kafka");
        return name === undefined || !pods.some(isReady) ? [] : [{ file, pods, name }];
    });
    if (stray === undefined) return undefined;
    const { file, pods, name } = stray;
    const keys = topicKeys(file.config, "receivers", name);
    const [read = ""] = topicsOf(file, "receivers");
    return {
        ...{ id: "ingester-missing", resource: nameOfFile(file), standing: true },
        expected: `ingesters that read the topic ${topic}, to which the collector writes`,
        got: `no pod that reads it; ${keys.join(".")} is ${read}, which ${listNames(pods)} ${pods.length === 1 ? "reads" : "read"}`,
        cure:
            `Name the same topic in both. The command makes the ingesters read ${topic}, where spans are waiting; if ` +
            `${read} is the right one, change the collector's.`,
        commands: editFile(file, [{ keys, value: topic }], pods),
    };
}

/**
 * Spans that went into the topic, of which no count says that they failed, and that are not found: an ingester tells how
 * much waits only when it has handled all that it had fetched, so they wait, whatever it told last.
 */
export function waitingInTopic(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { ingesters, probes } = evidence;
    if (ingesters === undefined) return undefined;
    const growth = growthOf(evidence.collectorCounts);
    const written = "value" in growth ? (growth.value.stored ?? 0) : 0;
    if (written === 0) return undefined;
    const missing = probes.filter(({ trace }) => trace === undefined).length;
    return make({
        id: "ingester-lags",
        resource: `Kafka's topic ${ingesters.topic}`,
        expected: "ingesters that store spans as fast as they come",
        got:
            `${String(missing)} of ${String(probes.length)} probes not found, and no sign that one was lost: ${String(written)} spans ` +
            `went into the topic meanwhile and ${String(grownBy(ingesters, "stored"))}, perhaps older ones, were stored. ` +
            `${listNames(ingesters.pods)} told of ${ingesters.after.lag === undefined ? "no lag yet" : `${String(ingesters.after.lag)} messages that wait`}`,
        cure:
            "Ask Kafka what waits: kafka-consumer-groups.sh --bootstrap-server HOST:PORT --describe --group jaeger-ingester. If its " +
            "lag shrinks, run the doctor again later; if it grows, add ingesters (stack setting: jaeger.roles.ingester).",
        values,
    });
}

/** Starts ingesters that were scaled to nothing. */
function scaleUp({ workloads }: Evidence): Command[] {
    const stopped = itemsOf(workloads).filter(
        ({ kind, metadata, spec }) =>
            kind !== "DaemonSet" && spec?.replicas === 0 && metadata.name.includes("ingester"),
    );
    return stopped.flatMap((workload): Command[] => {
        const about = { workload: nameForKubectl(workload), namespace: workload.metadata.namespace ?? "" };
        return [
            { verb: "scale", ...about, replicas: REPLICAS },
            { verb: "await", ...about },
        ];
    });
}
