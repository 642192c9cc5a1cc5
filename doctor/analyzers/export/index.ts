import { checkCollectorInCluster } from "../../../checks/cluster/collectorAddress";
import { itemsOf } from "../../../shared/cluster/facts";
import { SERVICE_NAME_LABEL } from "../../../shared/names/kubernetes";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import { collectorCommands } from "../../remediation/collectorService";
import type { DoctorFinding, Judgement } from "../../segments";
import { draftFor, unknown } from "../draft";
import { countExports, type ExportCounts } from "./counts";
import { judgeHost } from "./providerHost";
import { keptOutOf, whyRefused } from "./refused";

const make = draftFor("export");

/** Whether the sidecars of the path get rid of their spans. */
export function judgeExport(evidence: Evidence): Judgement {
    const { collector } = evidence;
    if (collector === undefined) return unknown("no provider, so there is nothing to export to");
    const values: Record<string, string> = {
        collector: `${collector.host}:${String(collector.port)} (${collector.kind})`,
    };
    const sidecars = [evidence.source, ...evidence.targets].filter((sidecar) => sidecar !== undefined);
    const counts: ExportCounts[] = [];
    for (const sidecar of sidecars) {
        const found = countExports(sidecar, collector.cluster);
        if (typeof found === "string") {
            values[`Pod ${fullName(sidecar.pod)}`] = `not read: ${found}`;
            continue;
        }
        counts.push(found);
        values[`Pod ${fullName(sidecar.pod)}`] = describe(found, sidecar.sinceStart);
    }
    if (counts.length === 0) return unknown("no sidecar's statistics could be read", values);
    const arrived = evidence.probes.some(({ seen }) => seen);
    const bad = counts.find(
        ({ exists, hosts, sent, succeeded, failed, connecting }) =>
            !exists || hosts === 0 || (succeeded === 0 && (failed > 0 || (!arrived && sent + connecting > 0))),
    );
    if (bad === undefined) {
        const sender = counts.find(({ sent }) => sent > 0);
        if (sender === undefined) return unknown("no export call was made", values);
        // A policy refuses gRPC by its own status in an answer of 200: a success, to Envoy's count.
        const keptOut = arrived ? undefined : keptOutOf(sender, evidence, collector, values);
        return { state: keptOut === undefined ? "ok" : "broken", values, findings: keptOut ? [keptOut] : [] };
    }
    const nowhere = collector.service === undefined && collector.serviceEntry === undefined;
    if (!bad.exists && (nowhere || judgeHost(evidence, collector, values) !== undefined))
        return unknown("istiod's registry does not have the collector's host", values);
    // What the collector counts as refused has arrived: the fault lies there.
    if (bad.exists && bad.hosts > 0 && refusedMeanwhile(evidence)) return { state: "ok", values, findings: [] };
    return { state: "broken", values, findings: blame(bad, evidence, values) };
}

function refusedMeanwhile({ collectorCounts: { before, after } }: Evidence): boolean {
    return "value" in before && "value" in after && after.value.refused > before.value.refused;
}

function describe({ exists, hosts, sent, succeeded, failed, connectFailed }: ExportCounts, sinceStart = false): string {
    if (!exists) return "has no such cluster";
    return (
        `${String(hosts)} hosts; ${sinceStart ? "since its start" : "meanwhile"} ${String(sent)} calls, ${String(succeeded)} succeeded, ` +
        `${String(failed)} failed, ${String(connectFailed)} connections failed`
    );
}

/** Why an export cannot work: first what the collector's Service says, then what only the live path shows. */
function blame(bad: ExportCounts, evidence: Evidence, values: Record<string, string>): DoctorFinding[] {
    const { collector, discovery } = evidence;
    if (collector === undefined) return [];
    if (collector.service !== undefined) {
        const { name, namespace } = collector.service.metadata;
        const found = checkCollectorInCluster({
            host: collector.host,
            port: collector.port,
            protocol: collector.grpc ? "otlp-grpc" : collector.kind,
            service: collector.service,
            endpointSlices: itemsOf(discovery.endpointSlices).filter(
                ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[SERVICE_NAME_LABEL] === name,
            ),
        });
        // Slices that could not be read are no proof that nothing is ready.
        const proven = found.filter(
            ({ id }) => id !== "collector-endpoints-ready" || "value" in discovery.endpointSlices,
        );
        if (proven.length > 0) {
            return proven.map((finding) =>
                make({ ...finding, severity: "error", values, ...collectorCommands(finding.id, evidence, collector) }),
            );
        }
    }
    return [whyRefused(bad, evidence, collector, values)];
}
