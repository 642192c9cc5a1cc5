import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { isOf } from "../../evidence/traceStructure";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding, Judgement } from "../../segments";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { whyExportFails } from "./causes";
import { limitedByRule } from "./connectionLimits";
import { countExports, type ExportCounts } from "./counts";
import { deadEndpoints } from "./deadEndpoints";
import { foreignPods } from "./foreignPods";
import { draftFor, unknown } from "../draft";
import { isEveryProbeComplete } from "../propagation";
import { judgeHost } from "./providerHost";
import { keptOutOf } from "./keptOut";
import { unfitProvider } from "./providerCalls";

/** Whether the sidecars of the path can export their spans. */
export function judgeExport(evidence: Evidence): Judgement {
    const { collector } = evidence;
    if (collector === undefined) return unknown("no provider, so there is no collector");
    const values: Record<string, string> = {
        collector: `${collector.host}:${String(collector.port)} (${collector.kind})`,
    };
    const counts = readCounts(evidence, collector, values);
    if (counts.length === 0) return unknown("no sidecar's statistics could be read", values);
    const meanwhile = counts.filter(({ sinceStart }) => !sinceStart);
    const late = meanwhile.find(({ appeared, sent, succeeded }) => appeared && (sent === 0 || succeeded > 0));
    if (late !== undefined && !isEveryProbeComplete(evidence))
        return { state: "broken", values, findings: [clusterLate(late, values)] };
    const foreign = foreignPods(evidence, collector, meanwhile, values);
    if (foreign !== undefined) return { state: "broken", values, findings: [foreign] };
    const dead = deadEndpoints(evidence, collector, meanwhile, values);
    if (dead !== undefined) return { state: "broken", values, findings: [dead] };
    const arrived = evidence.probes.some(({ seen }) => seen);
    const silent = counts.find((count) => isSilent(count, arrived));
    if (silent !== undefined) return judgeSilent(silent, evidence, collector, values);
    const share = meanwhile.find(({ failed }) => failed > 0);
    // Spans that the collector counts as refused have arrived, so the fault is in the collector.
    if (share !== undefined && !refusedMeanwhile(evidence)) {
        const unfit = unfitProvider(meanwhile, evidence, collector, values);
        const limited = unfit ?? limitedByRule(meanwhile, evidence, collector, values);
        return { state: "broken", values, findings: [limited ?? failingShare(meanwhile, collector, values)] };
    }
    const senders = counts.filter(({ sent }) => sent > 0);
    if (senders.length === 0) return unknown("no export call was made", values);
    // A policy rejects gRPC with a gRPC status in an answer of 200, which Envoy counts as a success.
    const [keptOut] = senders
        .filter(({ pod }) => !hasReported(pod, evidence))
        .flatMap((sender) => keptOutOf(sender, evidence, collector, values) ?? []);
    return { state: keptOut === undefined ? "ok" : "broken", values, findings: keptOut ? [keptOut] : [] };
}

/** The counts of each sidecar of the path. The values name those that could not be read. */
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

/** True for a sidecar whose every call fails. */
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

/** True if a span of a pod's sidecar arrived. */
function hasReported(pod: PodObject, { probes }: Evidence): boolean {
    return probes.some(({ trace }) => trace?.spans.some((span) => isOf(span, pod)));
}

function refusedMeanwhile({ collectorCounts }: Evidence): boolean {
    const growth = growthOf(collectorCounts);
    return "value" in growth && growth.value.refused > 0;
}

function describe(of: ExportCounts, sinceStart = false): string {
    const { exists, hosts, sent, succeeded, failed, connectFailed } = of;
    if (!exists) return "has no such cluster";
    return (
        `${count(hosts, "address")} of the collector; ${sinceStart ? "since its start" : "during the probe"} ${count(sent, "call")}, ` +
        `${String(succeeded)} succeeded, ${String(failed)} failed, ${count(connectFailed, "connection")} failed`
    );
}

/** A cluster that arrived during the requests, as after a change. The spans of earlier requests are lost. */
function clusterLate({ pod, cluster }: ExportCounts, values: Record<string, string>): DoctorFinding {
    return draftFor("export")({
        id: "collector-cluster-late",
        severity: "warning",
        resource: `Pod ${fullName(pod)}`,
        expected: `the cluster ${cluster} in its sidecar before the doctor's requests`,
        got: "its sidecar received the cluster during these requests, so the spans of the first ones are lost",
        cure: "Run the doctor again: a change of the configuration, such as of a Sidecar resource, reached the sidecar only now.",
        values,
    });
}

function count(number: number, what: string): string {
    const ending = number === 1 ? "" : what.endsWith("s") ? "es" : "s";
    return `${String(number)} ${what}${ending}`;
}

/** Some calls fail. Their spans are lost, because Envoy does not retry them. */
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
        expected: "a collector that accepts every call",
        got:
            `${String(sum(({ failed }) => failed))} of ${String(sum(({ sent }) => sent))} calls failed` +
            `${where === "" ? "" : `, all of them at ${where}`}; Envoy does not resend spans`,
        cure:
            "Check the collector's pods for restarts, errors and limits of requests or memory, and whether its " +
            "Service had no ready pod for some time.",
        values,
        standing: true,
    });
}
