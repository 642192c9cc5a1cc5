import { targetOf } from "../../../checks/collector/address";
import type { Finding } from "../../../checks/finding";
import type { TracingProvider } from "../../../checks/mesh/configuration";
import { mostSpecificRule } from "../../../checks/mesh/destinationRules";
import { itemsOf } from "../../../shared/cluster/facts";
import { hasLabels } from "../../../shared/kubernetes/labelSelectors";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import { mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
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
 * The rule that applies. A proxy uses the rules of its own namespace first, even if others are more specific, then
 * those of the collector's namespace, then those of the root namespace:
 * https://github.com/istio/istio/blob/release-1.31/pilot/pkg/model/push_context.go (destinationRule)
 */
export function decisiveRule(
    { mesh, discovery, workloads, source, targets }: Evidence,
    { provider, service, pods }: CollectorTarget,
    check: (provider: TracingProvider, objects: Manifest[]) => Finding[],
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
            const [finding] = check(settings, objects);
            const rule = near.find(({ metadata: { name } }) => finding?.object?.name === name);
            if (finding !== undefined && rule !== undefined) return { finding, rule };
        }
    }
    return undefined;
}

/** Whether a rule is exported to a client and selects it. A selector selects only in the rule's own namespace. */
export function countsFor(rule: SpecObject, { namespace = "", labels = {} }: PodObject["metadata"]): boolean {
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
