import { targetOf } from "../../../checks/collector/address";
import type { Finding } from "../../../checks/finding";
import type { TracingProvider } from "../../../checks/mesh/configuration";
import { mostSpecificRule } from "../../../checks/mesh/destinationRules";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import type { SpecObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { asManifest, ruleInUse } from "../../inventory/destinationRules";
import { toManifests, toProvider } from "../../inventory/manifests";

/** Among some objects, the DestinationRule for a provider's collector, with the collector's host and port. */
export function ruleFor(
    provider: TracingProvider,
    objects: Manifest[],
): { rule: Manifest; host: string; port: number } | undefined {
    const target = targetOf(provider);
    const rule = target && mostSpecificRule(objects, target.host);
    return target && rule && { rule, ...target };
}

/**
 * The rule for the collector that a sidecar of the path uses, if a check finds a fault in it.
 *
 * @param check a function that finds faults of the rule that applies to the provider's collector.
 */
export function decisiveRule(
    { mesh, discovery, workloads, source, targets }: Evidence,
    { provider, service, serviceEntry, pods }: CollectorTarget,
    check: (provider: TracingProvider, objects: Manifest[]) => Finding[],
): { finding: Finding; rule: SpecObject } | undefined {
    const settings = toProvider(mesh, provider);
    const host = settings && targetOf(settings)?.host;
    if (settings === undefined || host === undefined) return undefined;
    const home = (service ?? serviceEntry)?.metadata.namespace;
    for (const sidecar of [source, ...targets]) {
        const rule = sidecar && ruleInUse({ host, home }, sidecar.pod.metadata, { mesh, discovery });
        if (rule === undefined) continue;
        const others = toManifests({ ...discovery, destinationRules: { value: [] } }, itemsOf(workloads), pods);
        const finding = check(settings, [...others, asManifest(rule)]).find(
            ({ object }) => object?.name === rule.metadata.name,
        );
        if (finding !== undefined) return { finding, rule };
    }
    return undefined;
}
