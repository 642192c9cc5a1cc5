import { fullHost, mostSpecificRule } from "../../checks/mesh/destinationRules";
import { itemsOf } from "../../shared/cluster/facts";
import { hasLabels } from "../../shared/kubernetes/labelSelectors";
import type { Manifest } from "../../shared/kubernetes/manifest";
import type { PodObject, SpecObject } from "../../shared/kubernetes/objects";
import { isPlainObject, mapAt } from "../../shared/values/plainObjects";
import type { Mesh } from "./mesh";
import type { Discovery } from "./objects";

/** A host that a client calls, and the namespace that defines it. */
export interface CalledHost {
    host: string;
    /** The namespace of its Service or ServiceEntry; undefined if it has none. */
    home: string | undefined;
}

/**
 * The DestinationRule that a client's sidecar uses for a host; undefined if it uses none. The first namespace with a
 * rule for the host decides, even if rules of the next ones are more specific: the client's own, then the host's,
 * then the root namespace. In it, the most specific host decides, and then a rule that selects the client.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pilot/pkg/model/push_context.go (destinationRule), and
 * sidecar.go (DestinationRule)
 */
export function ruleInUse(
    { host, home }: CalledHost,
    client: PodObject["metadata"],
    { mesh, discovery }: { mesh: Pick<Mesh, "rootNamespace">; discovery: Pick<Discovery, "destinationRules"> },
): SpecObject | undefined {
    // Rules of the root namespace never take precedence over those of a Service, not even for clients there.
    const own = client.namespace === mesh.rootNamespace ? undefined : client.namespace;
    for (const namespace of new Set([own, home, mesh.rootNamespace])) {
        if (namespace === undefined) continue;
        const near = itemsOf(discovery.destinationRules).filter(
            (rule) => rule.metadata.namespace === namespace && isExportedTo(client.namespace ?? "", rule),
        );
        const most = mostSpecificRule(near.map(asManifest), host);
        if (most === undefined) continue;
        const same = near.filter((rule) => fullHost(asManifest(rule)) === fullHost(most));
        return (
            same.find((rule) => selectorOf(rule) !== undefined && selects(rule, client)) ??
            same.find((rule) => selectorOf(rule) === undefined)
        );
    }
    return undefined;
}

/** A rule for a check, which would leave out a rule with a selector because it does not know the client. */
export function asManifest({ spec, ...rule }: SpecObject): Manifest {
    const rest = Object.entries(spec ?? {}).filter(([field]) => field !== "workloadSelector");
    return {
        apiVersion: "networking.istio.io/v1",
        kind: "DestinationRule",
        ...rule,
        spec: Object.fromEntries(rest),
    };
}

/** The labels that a rule's selector wants; undefined without a selector. */
function selectorOf({ spec }: SpecObject): Record<string, unknown> | undefined {
    return isPlainObject(spec?.["workloadSelector"]) ? mapAt(spec, "workloadSelector", "matchLabels") : undefined;
}

/** Whether a rule's selector applies to a client: only in the rule's own namespace. */
function selects(rule: SpecObject, { namespace, labels = {} }: PodObject["metadata"]): boolean {
    return rule.metadata.namespace === namespace && hasLabels(labels, selectorOf(rule) ?? {});
}

function isExportedTo(namespace: string, rule: SpecObject): boolean {
    const exported = (rule.spec?.["exportTo"] ?? []) as string[];
    const own = rule.metadata.namespace === namespace;
    return exported.length === 0 || exported.some((to) => to === "*" || to === namespace || (to === "." && own));
}
