import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding, Judgement } from "../../segments";
import { whyExportFails } from "./causes";
import { countExports, type ExportCounts } from "./counts";
import { deadEndpoints } from "./deadEndpoints";
import { foreignPods } from "./foreignPods";
import { draftFor, unknown } from "../draft";
import { judgeHost } from "./providerHost";
import { keptOutOf } from "./keptOut";

/** Whether the sidecars of the path get rid of their spans. */
export function judgeExport(evidence: Evidence): Judgement {
    const { collector } = evidence;
    if (collector === undefined) return unknown("no provider, so there is nothing to export to");
    const values: Record<string, string> = {
        collector: `${collector.host}:${String(collector.port)} (${collector.kind})`,
    };
    const counts = readCounts(evidence, collector, values);
    if (counts.length === 0) return unknown("no sidecar's statistics could be read", values);
    const meanwhile = counts.filter(({ sinceStart }) => !sinceStart);
    const foreign = foreignPods(evidence, collector, meanwhile, values);
    if (foreign !== undefined) return { state: "broken", values, findings: [foreign] };
    const dead = deadEndpoints(evidence, collector, meanwhile, values);
    if (dead !== undefined) return { state: "broken", values, findings: [dead] };
    const arrived = evidence.probes.some(({ seen }) => seen);
    const silent = counts.find((count) => isSilent(count, arrived));
    if (silent !== undefined) return judgeSilent(silent, evidence, collector, values);
    const share = meanwhile.find(({ failed }) => failed > 0);
    // What the collector counts as refused has arrived: the fault lies there.
    if (share !== undefined && !refusedMeanwhile(evidence)) {
        return { state: "broken", values, findings: [failingShare(meanwhile, collector, values)] };
    }
    const sender = counts.find(({ sent }) => sent > 0);
    if (sender === undefined) return unknown("no export call was made", values);
    // A policy refuses gRPC by its own status in an answer of 200: a success, to Envoy's count.
    const keptOut = arrived ? undefined : keptOutOf(sender, evidence, collector, values);
    return { state: keptOut === undefined ? "ok" : "broken", values, findings: keptOut ? [keptOut] : [] };
}

/** What each sidecar of the path counted; those that could not be read are told in the values. */
function readCounts(
    { source, targets }: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): ExportCounts[] {
    return [source, ...targets].flatMap((sidecar) => {
        if (sidecar === undefined) return [];
        const found = countExports(sidecar, collector);
        const pod = `Pod ${fullName(sidecar.pod)}`;
        values[pod] = typeof found === "string" ? `not read: ${found}` : describe(found, sidecar.sinceStart);
        return typeof found === "string" ? [] : [found];
    });
}

/** True for a sidecar from which no call gets through at all. */
function isSilent({ exists, hosts, sent, succeeded, failed, connecting }: ExportCounts, arrived: boolean): boolean {
    if (!exists || hosts === 0) return true;
    return succeeded === 0 && (failed > 0 || (!arrived && sent + connecting > 0));
}

function judgeSilent(
    silent: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): Judgement {
    const nowhere = collector.service === undefined && collector.serviceEntry === undefined;
    if (!silent.exists && (nowhere || judgeHost(evidence, collector, values) !== undefined))
        return unknown("istiod's registry does not have the collector's host", values);
    if (silent.exists && silent.hosts > 0 && refusedMeanwhile(evidence)) return { state: "ok", values, findings: [] };
    return { state: "broken", values, findings: whyExportFails(silent, evidence, collector, values) };
}

function refusedMeanwhile({ collectorCounts }: Evidence): boolean {
    const growth = growthOf(collectorCounts);
    return "value" in growth && growth.value.refused > 0;
}

function describe(counts: ExportCounts, sinceStart = false): string {
    const { exists, hosts, sent, succeeded, failed, connectFailed } = counts;
    if (!exists) return "has no such cluster";
    return (
        `${String(hosts)} hosts; ${sinceStart ? "since its start" : "meanwhile"} ${String(sent)} calls, ${String(succeeded)} succeeded, ` +
        `${String(failed)} failed, ${String(connectFailed)} connections failed`
    );
}

/** Some calls fail and others do not: the spans of those are gone, since Envoy sends none again. */
function failingShare(
    counts: ExportCounts[],
    { host, port }: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    const sum = (of: (count: ExportCounts) => number): number => counts.reduce((total, one) => total + of(one), 0);
    const failing = counts.flatMap(({ byHost }) =>
        Object.entries(byHost).flatMap(([address, { failed }]) => (failed > 0 ? [address] : [])),
    );
    const where = [...new Set(failing)].join(", ");
    return draftFor("export")({
        id: "export-failing",
        resource: `${host}:${String(port)}`,
        expected: "a collector that takes every call",
        got:
            `${String(sum(({ failed }) => failed))} of ${String(sum(({ sent }) => sent))} calls failed` +
            `${where === "" ? "" : `, all of them at ${where}`}; Envoy sends no span again`,
        cure:
            "Look for restarts and errors of the collector's pods, for limits of requests or memory, and whether its " +
            "Service was without a ready pod for a while.",
        values,
        standing: true,
    });
}
