import { checkCollectorMtls } from "../../../checks/collector/mtls";
import { subjectOf, type Finding } from "../../../checks/finding";
import type { TracingProvider } from "../../../checks/mesh/configuration";
import { tlsMode } from "../../../checks/mesh/destinationRules";
import type { CollectorTarget } from "../../inventory/collector";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import type { ServiceObject, SpecObject } from "../../../shared/kubernetes/objects";
import { listAt, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { ClusterSummary } from "../../evidence/envoyConfig";
import { sidecarOf } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { decisiveRule, ruleFor } from "./decisiveRule";
import { applyCommand, patchCommand, unusedName, type Command } from "../../remediation/commands";
import { protocolSent } from "./protocol";

/**
 * A DestinationRule that makes sidecars use a TLS mode that the collector rejects: Istio's mTLS to a collector without
 * a sidecar, or no mTLS to one that accepts only the mesh's certificates.
 */
export function judgeTls(
    tls: ClusterSummary["tls"],
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { host, service, port, pods } = collector;
    if (service === undefined || tls === "auto") return undefined;
    const injected = pods.some((pod) => sidecarOf(pod) !== undefined);
    if (tls === "other" && !injected) return startedTls(evidence, collector, values);
    const forced = tls === "istio-mtls" && !injected;
    const decisive = forced || injected ? decisiveRule(evidence, collector, checkCollectorMtls) : undefined;
    if (!forced && decisive === undefined) return undefined;
    const exact = decisive !== undefined && isExact(decisive.rule, host);
    const right = { mode: forced ? "DISABLE" : "ISTIO_MUTUAL" };
    return draftFor("export")({
        id: "collector-mtls",
        resource: host,
        expected: "plain text to a collector without a sidecar, as with automatic mTLS",
        got: "forced Istio mTLS, with which every connection fails",
        ...decisive?.finding,
        severity: "error",
        cure: exact
            ? `Set mode ${right.mode} in the rule, or remove tls from it: sidecars detect by themselves what the collector accepts.`
            : `Exclude the collector with its own DestinationRule in ${homeOf(decisive?.rule ?? service)}, where the most specific host wins${forced ? ", or inject a sidecar into it" : ""}.`,
        commands: exact
            ? [
                  patchCommand("destinationrule", decisive.rule, [
                      { op: "replace", path: tlsPath(decisive.rule, port), value: right },
                  ]),
              ]
            : [exceptCollector(decisive?.rule ?? service, right, evidence, collector)],
        values,
    });
}

/** A rule that makes sidecars originate TLS to a collector whose pods accept plain text. */
function startedTls(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { host, port } = collector;
    const plain = evidence.receivers.some(({ taken }) => taken === protocolSent(collector));
    const decisive = plain ? decisiveRule(evidence, collector, checkStartedTls) : undefined;
    if (decisive === undefined) return undefined;
    const { finding, rule } = decisive;
    const exact = isExact(rule, host);
    return draftFor("export")({
        ...finding,
        cure: exact
            ? "Set mode DISABLE in the rule, or remove tls from it: sidecars detect by themselves what the collector accepts."
            : `Exclude the collector with its own DestinationRule in ${homeOf(rule)}, where the most specific host wins.`,
        commands: [
            exact
                ? patchCommand("destinationrule", rule, [
                      { op: "replace", path: tlsPath(rule, port), value: { mode: "DISABLE" } },
                  ])
                : exceptCollector(rule, { mode: "DISABLE" }, evidence, collector),
        ],
        values,
    });
}

function checkStartedTls(provider: TracingProvider, objects: Manifest[]): Finding[] {
    const found = ruleFor(provider, objects);
    const mode = found && tlsMode(found.rule, found.port);
    if (found === undefined || (mode !== "SIMPLE" && mode !== "MUTUAL")) return [];
    const { rule, host } = found;
    return [
        {
            ...{ id: "collector-receiver-tls", severity: "error", ...subjectOf(rule) },
            expected: `plain text to ${host}, whose pods accept it`,
            got: `mode ${mode} for ${textAt(rule, "spec", "host") ?? ""}: sidecars start TLS, which no pod answers`,
            cure: "Remove tls from the rule.",
        },
    ];
}

/** A rule only for the collector, in the namespace of the rule that is too broad. */
function exceptCollector(
    { metadata }: SpecObject | ServiceObject,
    tls: { mode: string },
    { discovery }: Evidence,
    { host, service }: CollectorTarget,
): Command {
    const { namespace = "" } = metadata;
    const role = tls.mode === "DISABLE" ? "plaintext" : "mtls";
    const rules = itemsOf(discovery.destinationRules);
    return applyCommand({
        apiVersion: "networking.istio.io/v1",
        kind: "DestinationRule",
        metadata: { name: unusedName(`${service?.metadata.name ?? "collector"}-${role}`, namespace, rules), namespace },
        spec: { host, trafficPolicy: { tls } },
    });
}

function homeOf({ metadata }: SpecObject | ServiceObject): string {
    return metadata.namespace ?? "";
}

/** A second rule for exactly the same host would have no effect. A short host refers to the rule's own namespace. */
function isExact({ metadata, spec }: SpecObject, host: string): boolean {
    const own = String(spec?.["host"]);
    return own === host || host.startsWith(`${own}.${metadata.namespace ?? ""}.svc.`);
}

/** The path of the TLS settings that a DestinationRule has for a port. */
export function tlsPath({ spec }: SpecObject, port: number): string {
    const index = listAt(spec?.["trafficPolicy"], "portLevelSettings").findIndex(
        (one) => mapAt(one, "port")["number"] === port,
    );
    return index < 0 ? "/spec/trafficPolicy/tls" : `/spec/trafficPolicy/portLevelSettings/${String(index)}/tls`;
}
