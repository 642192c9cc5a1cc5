import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { topicKeys, topicsOf } from "../../evidence/ingesters";
import { grownBy } from "../../evidence/tiers";
import { kindOf, nameOfFile, pipelinesOf } from "../../inventory/collectorPipelines";
import { isReady, listNames } from "../../inventory/mesh";
import { editFile } from "../../remediation/collectorFile";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";

const make = draftFor("storage");

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
            values,
            standing: true,
        });
    }
    if (probes.every(({ trace }) => trace !== undefined)) return undefined;
    const lag = ingesters.after.lag ?? 0;
    const stored = grownBy(ingesters, "stored");
    const failed = grownBy(ingesters, "refused");
    const growth = growthOf(evidence.collectorCounts);
    const written = "value" in growth ? (growth.value.stored ?? 0) : 0;
    // An ingester tells how much waits only when it has handled all that it had fetched.
    if (lag === 0 && failed === 0 && stored > 0 && stored >= written) return undefined;
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
