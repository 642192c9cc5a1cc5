import { showBytes } from "../shared/values/bytes";
import type { Evidence } from "./evidence";
import { LOG_BOUNDS } from "./evidence/accessLog";
import { growthOf } from "./evidence/collectorGrowth";
import { unread } from "./inventory/discovery";
import { fullName } from "./inventory/mesh";

/** Something that could not be read, and the reason. */
export interface Skipped {
    what: string;
    reason: string;
}

/** What could not be read, and so was not analyzed. */
export function skippedOf(evidence: Evidence): Skipped[] {
    const { discovery, source, targets, collector, collectorCounts } = evidence;
    const sidecars = [source, ...targets].flatMap((sidecar) => {
        if (sidecar === undefined) return [];
        const { pod, listeners, clusters, before, after } = sidecar;
        const failed = [listeners, clusters, before, after].find((fact) => "failure" in fact);
        const name = `sidecar of Pod ${fullName(pod)}`;
        return failed !== undefined && "failure" in failed ? [{ what: name, reason: failed.failure.reason }] : [];
    });
    const logs = (evidence.cutLogs ?? []).map((pod) => ({
        what: `access log of Pod ${pod}`,
        reason: `the log is too long: only the newest ${String(LOG_BOUNDS.lines)} lines of the last ${String(LOG_BOUNDS.seconds)} s, up to ${showBytes(LOG_BOUNDS.bytes)}, were read`,
    }));
    const growth = growthOf(collectorCounts);
    const what = "the collector's own metrics";
    // Other findings cover a collector without pods.
    const metrics =
        collector === undefined || collector.pods.length === 0
            ? []
            : "failure" in growth
              ? [{ what, reason: growth.failure.reason }]
              : growth.value.silent.map(({ pod, reason }) => ({ what: `${what}, of Pod ${pod}`, reason }));
    const blind = whyBlind(evidence);
    const asked = blind === undefined ? [] : [{ what: "Jaeger's query API", reason: blind }];
    const around = evidence.relatedObjects === undefined ? [] : unread(evidence.relatedObjects);
    const ofTiers = (evidence.tiers ?? []).flatMap(({ rights }) =>
        rights === undefined ? [] : unread({ "roles and bindings of a tier of Collectors": rights.objects }),
    );
    return [...unread(discovery), ...around, ...ofTiers, ...sidecars, ...logs, ...metrics, ...asked];
}

/** Why it is unknown whether the probes' traces are stored, with the next step. */
export function whyBlind({ query, probes }: Evidence): string | undefined {
    if (query.blind === undefined || probes.some(({ seen }) => seen)) return undefined;
    const elsewhere = "it has none of the probes' traces, and the mesh's collector is outside the cluster";
    return `${query.problem ?? elsewhere}; ${query.blind}`;
}
