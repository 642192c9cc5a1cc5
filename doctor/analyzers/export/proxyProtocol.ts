import { subjectOf, type Finding } from "../../../checks/finding";
import type { TracingProvider } from "../../../checks/mesh/configuration";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { patchCommand } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { decisiveRule, ruleFor } from "./decisiveRule";

/**
 * A DestinationRule by which sidecars send a PROXY protocol header before each connection to the collector, which
 * expects none and closes it: https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-ProxyProtocol
 */
export function proxyProtocolByRule(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const decisive = decisiveRule(evidence, collector, checkProxyProtocol);
    if (decisive === undefined) return undefined;
    const { finding, rule } = decisive;
    // Istio rejects an empty trafficPolicy.
    const isAlone = Object.keys(mapAt(rule.spec, "trafficPolicy")).length === 1;
    const path = isAlone ? "/spec/trafficPolicy" : "/spec/trafficPolicy/proxyProtocol";
    const commands = [patchCommand("destinationrule", rule, [{ op: "remove", path }])];
    return draftFor("export")({ ...finding, commands, values });
}

function checkProxyProtocol(provider: TracingProvider, objects: Manifest[]): Finding[] {
    const found = ruleFor(provider, objects);
    if (found === undefined) return [];
    const { rule, host } = found;
    const policy = mapAt(rule, "spec", "trafficPolicy");
    if (!("proxyProtocol" in policy)) return [];
    return [
        {
            ...{ id: "collector-proxy-protocol", severity: "error", ...subjectOf(rule) },
            expected: `connections to ${host} without a PROXY protocol header`,
            got: `trafficPolicy.proxyProtocol ${textAt(policy, "proxyProtocol", "version") ?? "V1"}, which the collector does not understand`,
            cure: "Remove proxyProtocol from the rule, or exclude the collector with its own DestinationRule.",
        },
    ];
}
