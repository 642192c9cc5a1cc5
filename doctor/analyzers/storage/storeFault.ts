import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import {
    faultIn,
    STORE_FAULTS,
    storeIn,
    type StoreError,
    type StoreFault,
    type StoreKind,
} from "../../evidence/storeErrors";
import { configuredStore, unknownStore, type ConfiguredStore } from "../../inventory/stores";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { isEveryProbeComplete } from "../propagation";
import { restartJaeger, storeCure } from "./storeCures";

/** Findings about a server have the names that `npm run preflight` gives them. */
const IDS: Record<StoreKind, Record<StoreFault, string>> = {
    storage: {
        ...{ certificate: "storage-certificate", login: "storage-login", full: "storage-read-only" },
        ...{ shards: "storage-shards" },
        ...{ schema: "storage-schema", unreachable: "storage-reachable" },
    },
    kafka: {
        ...{ certificate: "kafka-certificate", login: "kafka-login", full: "kafka-full" },
        // Only search engines have such a limit.
        ...{ shards: "kafka-full" },
        ...{ schema: "kafka-topic", unreachable: "kafka-reachable" },
    },
};

/** What is said of a pod that ends because of a server; undefined if its last line is about something else. */
export function faultOfCrash(line: string): { id: string; cure: string } | undefined {
    const fault = faultIn(line);
    if (fault === undefined) return undefined;
    const store = storeIn(line, ["kafka", "storage"]);
    const { cure } = storeCure(store, fault, unknownStore(store), { topic: undefined, restart: [] });
    return { id: IDS[store][fault], cure };
}

/**
 * A server that refuses what Jaeger writes to it or asks of it, by the log of Jaeger's pods. Undefined if all is stored
 * and found, or if the log says nothing of it.
 */
export function storeFault(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const errors = decisiveErrors(evidence);
    const [first] = errors;
    if (first === undefined) return undefined;
    const { store, fault } = first;
    const server = configuredStore(evidence, store);
    const {
        cure,
        expected,
        commands = [],
    } = storeCure(store, fault, server, {
        topic: evidence.ingesters?.topic,
        restart: restartJaeger(evidence),
    });
    return draftFor("storage")({
        id: IDS[store][fault],
        resource: nameOf(server),
        expected,
        got: describe(errors, evidence),
        cure,
        commands,
        values,
        standing: true,
    });
}

/** The errors of the server and the fault that explain the others. */
export function decisiveErrors(evidence: Evidence): StoreError[] {
    const { storeErrors = [], collectorCounts, burst } = evidence;
    const all = [...storeErrors, ...searchErrors(evidence)];
    if (all.length === 0) return [];
    const growth = growthOf(collectorCounts);
    const failed = "value" in growth ? growth.value.storeFailed + growth.value.refused : 0;
    if (failed === 0 && burst?.searchProblem === undefined && isEveryProbeComplete(evidence)) return [];
    // Spans reach Kafka first.
    for (const store of ["kafka", "storage"] as const) {
        for (const fault of STORE_FAULTS) {
            const found = all.filter((error) => error.store === store && error.fault === fault);
            if (found.length > 0) return found;
        }
    }
    return [];
}

/** What a search was answered, where traces are found by their IDs. */
function searchErrors({ burst, query }: Evidence): StoreError[] {
    const line = burst?.searchProblem;
    const fault = line === undefined ? undefined : faultIn(line);
    if (line === undefined || fault === undefined) return [];
    return [{ store: "storage", fault, by: query.where, line, attempts: 1, documents: undefined }];
}

function nameOf({ kind, servers }: ConfiguredStore): string {
    return servers.length === 0 ? kind : `${kind} ${servers.join(", ")}`;
}

/** How much failed, at whose hands, and what was said last. */
function describe(errors: StoreError[], { probes, collectorCounts }: Evidence): string {
    const attempts = errors.reduce((sum, error) => sum + error.attempts, 0);
    const documents = errors.findLast((error) => error.documents !== undefined)?.documents;
    const tellers = [...new Set(errors.map(({ by }) => by))];
    const growth = growthOf(collectorCounts);
    const counts = "value" in growth ? growth.value : undefined;
    const missing = probes.filter(({ trace }) => trace === undefined).length;
    const refused = (counts?.refused ?? 0) + (counts?.storeFailed ?? 0);
    return [
        `at least ${String(attempts)} failed attempts in a minute, told by ${tellers.join(", ")}`,
        ...(documents === undefined ? [] : [`${String(documents)} spans and names in the last of them`]),
        ...(refused === 0 ? [] : [`${String(refused)} spans refused during the probes`]),
        ...(missing === 0 ? [] : [`${String(missing)} of ${String(probes.length)} probes not found`]),
        `last: ${errors.at(-1)?.line ?? ""}`,
    ].join("; ");
}
