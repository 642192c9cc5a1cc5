import { itemsOf } from "../../../shared/cluster/facts";
import type { ServiceObject } from "../../../shared/kubernetes/objects";
import { serviceOf, type CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import { meshConfigCure } from "../../remediation/istioConfiguration";
import { changeProvider } from "../../remediation/provider";
import { type Draft } from "../draft";
import { applyCommand } from "../../remediation/commands";

/** A Service of which sidecars have no address: type ExternalName, or one without a cluster IP. */
export function unusableService(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): Draft | undefined {
    const { service } = collector;
    // The legacy tracer resolves names with DNS, which supports both kinds.
    if (service === undefined || !collector.cluster.startsWith("outbound|")) return undefined;
    const found =
        service.spec?.type === "ExternalName"
            ? alias(service, evidence, collector)
            : service.spec?.clusterIP === "None"
              ? headless(service, evidence, collector)
              : undefined;
    return found && { ...found, values };
}

function alias(
    service: ServiceObject,
    { mesh, discovery }: Evidence,
    collector: CollectorTarget,
): Omit<Draft, "values"> {
    const { provider, port } = collector;
    const real = (service.spec?.externalName ?? "").replace(/\.$/, "");
    const behind = serviceOf(real, mesh.clusterDomain, itemsOf(discovery.services));
    const serves = (behind?.spec?.ports ?? []).some((served) => served.port === port);
    const name = changeProvider(mesh, collector, { service: real });
    return {
        id: "collector-external-name",
        resource: `Service ${fullName(service)}`,
        expected: "a Service that selects pods, because istiod builds no cluster for type ExternalName",
        got: `an alias of ${real || "nothing"}; sidecars have no cluster for it`,
        cure:
            behind === undefined
                ? `Add a ServiceEntry with the host ${real} and name that in the provider.`
                : `${meshConfigCure(`Name ${real} in the provider "${provider}"`)}${serves ? "" : ` That Service has no port ${String(port)}, so correct the port as well.`}`,
        commands: serves ? [name] : [],
    };
}

/** For a headless Service, a sidecar connects to its client's original destination. Its own calls have no client. */
function headless(service: ServiceObject, { workloads }: Evidence, { port }: CollectorTarget): Omit<Draft, "values"> {
    const { name, namespace } = service.metadata;
    const names = itemsOf(workloads).find(({ spec }) => spec?.serviceName === name);
    const again = withoutServerFields(service);
    const got = "a headless Service (clusterIP: None), for which sidecars have no address for their own calls";
    const facts = {
        id: "collector-headless",
        resource: `Service ${fullName(service)}`,
        expected: `a cluster IP for port ${String(port)}, to which sidecars send spans`,
        got,
    };
    if (names !== undefined || Object.keys(service.spec?.selector ?? {}).length === 0) {
        const why =
            names === undefined
                ? "its endpoints are created manually"
                : `${names.kind} ${names.metadata.name} needs it`;
        return {
            ...facts,
            cure: `Keep it, because ${why}. Name another Service with a cluster IP, or a ServiceEntry, in the provider.`,
            commands: [],
        };
    }
    return {
        ...facts,
        cure:
            "Delete it and create it again without clusterIP: None, which cannot be changed in place. Envoy balances gRPC by itself. " +
            "Applications that resolve its pods with DNS then get one address.",
        commands: [
            { verb: "delete", kind: "service", object: service },
            applyCommand(again),
            { verb: "awaitEndpoints", service: { name, namespace: namespace ?? "default" } },
        ],
    };
}

/** The fields that a person would write for a Service with a cluster IP. */
function withoutServerFields({ metadata, spec }: ServiceObject): object {
    const { name, namespace, labels, annotations } = metadata;
    const applied = "kubectl.kubernetes.io/last-applied-configuration";
    const kept = Object.entries(annotations ?? {}).filter(([key]) => key !== applied);
    const { selector, ports } = spec ?? {};
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace, labels, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) },
        spec: { selector, ports },
    };
}
