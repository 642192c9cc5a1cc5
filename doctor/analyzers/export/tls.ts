import { checkCollectorMtls } from "../../../checks/collector/mtls";
import type { Finding } from "../../../checks/finding";
import type { CollectorTarget } from "../../inventory/collector";
import { itemsOf } from "../../../shared/cluster/facts";
import { hasLabels } from "../../../shared/kubernetes/labelSelectors";
import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import { mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { ClusterSummary } from "../../evidence/envoyConfig";
import { toManifests, toProvider } from "../../inventory/manifests";
import { sidecarOf } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { applyCommand, patchCommand, unusedName } from "../../remediation/commands";

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
    const forced = tls === "istio-mtls" && !injected;
    const decisive = forced || injected ? decisiveRule(evidence, collector) : undefined;
    if (!forced && decisive === undefined) return undefined;
    const namespace = decisive?.rule.metadata.namespace ?? service.metadata.namespace ?? "";
    const exact = decisive !== undefined && isExact(decisive.rule, host);
    const rules = itemsOf(evidence.discovery.destinationRules);
    const [role, right] = forced ? ["plaintext", { mode: "DISABLE" }] : ["mtls", { mode: "ISTIO_MUTUAL" }];
    return draftFor("export")({
        id: "collector-mtls",
        resource: host,
        expected: "plain text to a collector without a sidecar, as with automatic mTLS",
        got: "forced Istio mTLS, with which every connection fails",
        ...decisive?.finding,
        severity: "error",
        cure: exact
            ? `Set mode ${right.mode} in the rule, or remove tls from it: sidecars detect by themselves what the collector accepts.`
            : `Exclude the collector with its own DestinationRule in ${namespace}, where the most specific host wins${forced ? ", or inject a sidecar into it" : ""}.`,
        commands: exact
            ? [
                  patchCommand("destinationrule", decisive.rule, [
                      { op: "replace", path: tlsPath(decisive.rule, port), value: right },
                  ]),
              ]
            : [
                  applyCommand({
                      apiVersion: "networking.istio.io/v1",
                      kind: "DestinationRule",
                      metadata: { name: unusedName(`${service.metadata.name}-${role}`, namespace, rules), namespace },
                      spec: { host, trafficPolicy: { tls: right } },
                  }),
              ],
        values,
    });
}

/**
 * The rule that applies. A proxy uses the rules of its own namespace first, even if others are more specific, then
 * those of the collector's namespace, then those of the root namespace:
 * https://github.com/istio/istio/blob/release-1.31/pilot/pkg/model/push_context.go (destinationRule)
 */
function decisiveRule(
    { mesh, discovery, workloads, source, targets }: Evidence,
    { provider, service, pods }: CollectorTarget,
): { finding: Finding; rule: SpecObject } | undefined {
    const settings = toProvider(mesh, provider);
    if (settings === undefined) return undefined;
    const home = service?.metadata.namespace ?? "";
    const rules = itemsOf(discovery.destinationRules);
    for (const sidecar of [source, ...targets]) {
        if (sidecar === undefined) continue;
        const client = sidecar.pod.metadata;
        for (const namespace of [client.namespace, home, mesh.rootNamespace]) {
            const near = rules
                .filter(({ metadata }) => metadata.namespace === namespace)
                .filter((rule) => countsFor(rule, client));
            // Rules whose selector does not match are already excluded. A rule with a selector takes precedence.
            const chosen = [...near].sort((left, right) => Number(isSelective(right)) - Number(isSelective(left)));
            const objects = toManifests(
                { ...discovery, destinationRules: { value: chosen.map(withoutSelector) } },
                itemsOf(workloads),
                pods,
            );
            const [finding] = checkCollectorMtls(settings, objects);
            const rule = near.find(({ metadata: { name } }) => finding?.object?.name === name);
            if (finding !== undefined && rule !== undefined) return { finding, rule };
        }
    }
    return undefined;
}

/** Whether a rule is exported to a client and selects it. A selector selects only in the rule's own namespace. */
function countsFor(rule: SpecObject, { namespace = "", labels = {} }: PodObject["metadata"]): boolean {
    const own = rule.metadata.namespace === namespace;
    const exported = (rule.spec?.["exportTo"] ?? []) as string[];
    const visible =
        exported.length === 0 || exported.some((to) => to === "*" || to === namespace || (to === "." && own));
    const wanted = mapAt(rule.spec, "workloadSelector", "matchLabels");
    return visible && (Object.keys(wanted).length === 0 || (own && hasLabels(labels, wanted)));
}

function isSelective({ spec }: SpecObject): boolean {
    return Object.keys(mapAt(spec, "workloadSelector", "matchLabels")).length > 0;
}

function withoutSelector({ spec, ...rule }: SpecObject): SpecObject {
    const rest = Object.entries(spec ?? {}).filter(([field]) => field !== "workloadSelector");
    return { ...rule, spec: Object.fromEntries(rest) };
}

/** A second rule for exactly the same host would have no effect. A short host refers to the rule's own namespace. */
function isExact({ metadata, spec }: SpecObject, host: string): boolean {
    const own = String(spec?.["host"]);
    return own === host || host.startsWith(`${own}.${metadata.namespace ?? ""}.svc.`);
}

function tlsPath({ spec }: SpecObject, port: number): string {
    const policy = (spec?.["trafficPolicy"] ?? {}) as { portLevelSettings?: { port?: { number?: number } }[] };
    const index = policy.portLevelSettings?.findIndex((settings) => settings.port?.number === port) ?? -1;
    return index < 0 ? "/spec/trafficPolicy/tls" : `/spec/trafficPolicy/portLevelSettings/${String(index)}/tls`;
}
