import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { grownBy } from "../../evidence/tiers";
import { isReady, listNames } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

const make = draftFor("storage");

/** A topic of Kafka that nobody reads, or that is read too slowly, so that the probes' traces are not found. */
export function ingesterFinding(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { ingesters, probes } = evidence;
    if (ingesters === undefined) return undefined;
    const { topic, pods } = ingesters;
    const resource = `Kafka's topic ${topic}`;
    const ready = pods.filter(isReady);
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
