import { subjectOf, type Finding } from "../../../checks/finding";
import type { TracingProvider } from "../../../checks/mesh/configuration";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { at, listAt, mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { patchCommand, type Operation } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import type { ExportCounts } from "./counts";
import { decisiveRule, ruleFor } from "./decisiveRule";

/** Limits of a DestinationRule, beyond which a sidecar rejects calls itself. */
const LIMITS = [
    ["tcp", "maxConnections"],
    ["http", "http1MaxPendingRequests"],
    ["http", "http2MaxRequests"],
];
/** Envoy's own limit for each: https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/circuit_breaker.proto */
const USUAL = 1024;

/** A DestinationRule that allows fewer calls or connections to the collector than the sidecars need. */
export function limitedByRule(
    counts: ExportCounts[],
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const known = counts.flatMap(({ overflowed }) => overflowed ?? []);
    const overflowed = known.reduce((sum, count) => sum + count, 0);
    // A sidecar that counts them, and has counted none, did not reach the limit.
    if (known.length === counts.length && overflowed === 0) return undefined;
    const decisive = decisiveRule(evidence, collector, checkLimits);
    if (decisive === undefined) return undefined;
    const { finding, rule } = decisive;
    const [path, limits] = limitsOf({ ...rule }, collector.port);
    const operations = limits.map(([part, field]): Operation => ({
        op: "replace",
        path: `${path}/connectionPool/${part}/${field}`,
        value: USUAL,
    }));
    const rejected =
        known.length < counts.length
            ? "the sidecars do not keep the statistic that shows whether it was reached"
            : `${String(overflowed)} calls or connections exceeded it`;
    return draftFor("export")({
        ...finding,
        got: `${finding.got}; ${rejected}`,
        commands: [patchCommand("destinationrule", rule, operations)],
        values,
        standing: true,
    });
}

function checkLimits(provider: TracingProvider, objects: Manifest[]): Finding[] {
    const found = ruleFor(provider, objects);
    if (found === undefined) return [];
    const { rule, host, port } = found;
    const [, limits] = limitsOf(rule, port);
    if (limits.length === 0) return [];
    const shown = limits.map(([part, field, value]) => `connectionPool.${part}.${field} ${String(value)}`);
    return [
        {
            ...{ id: "collector-limited", severity: "error", ...subjectOf(rule) },
            expected: `limits that let every call to ${host} through`,
            got: shown.join(", "),
            cure: "Raise these limits in the rule, or exclude the collector with its own DestinationRule.",
        },
    ];
}

/** The limits of a rule below Envoy's own, and the path of the traffic policy. Settings of the port replace the others. */
function limitsOf(rule: Manifest, port: number): [path: string, limits: [string, string, number][]] {
    const policy = mapAt(rule, "spec", "trafficPolicy");
    const index = listAt(policy, "portLevelSettings").findIndex((part) => mapAt(part, "port")["number"] === port);
    const own = index < 0 ? policy : listAt(policy, "portLevelSettings")[index];
    const limits = LIMITS.flatMap(([part = "", field = ""]): [string, string, number][] => {
        const value = at(own, "connectionPool", part, field);
        return typeof value === "number" && value < USUAL ? [[part, field, value]] : [];
    });
    return [`/spec/trafficPolicy${index < 0 ? "" : `/portLevelSettings/${String(index)}`}`, limits];
}
