import { isIP } from "node:net";
import { serviceNameOf } from "../../../checks/cluster/collectorAddress";
import { findProvider } from "../../../checks/mesh/objects";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { missingLabel, originsOf } from "../../inventory/hostOrigins";
import { configMapOf, type Mesh } from "../../inventory/mesh";
import { applyCommand } from "../../remediation/commands";
import { meshConfigCommand, meshConfigCure } from "../../remediation/istioConfiguration";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";

/** Host under which a collector goes that has an address and no name. */
const NAMELESS = "collector.outside.internal";

/**
 * Why istiod does not find the provider's host: then it leaves tracing out, and only its own log says so. Undefined when it
 * finds it, or when nobody knows.
 */
export function judgeHost(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { mesh, discovery } = evidence;
    if ("failure" in discovery.services || "failure" in discovery.serviceEntries) return undefined;
    const { host, hostNamespace, provider } = collector;
    const { seen, hidden } = originsOf(host, mesh, discovery);
    if (hostNamespace === undefined ? seen.length === 1 : seen.includes(hostNamespace)) return undefined;
    if (seen.length + hidden.length === 0 && host.endsWith(`.svc.${mesh.clusterDomain}`))
        return serviceGone(host, provider, values);
    const draft =
        hidden.length > 0
            ? hiddenFromIstiod(hidden, collector, mesh)
            : seen.length > 0
              ? severalOrElsewhere(seen, collector, mesh)
              : unknownHost(evidence, collector);
    return draftFor("sidecar")({
        id: "provider-host-unknown",
        resource: `provider "${provider}" of the mesh configuration ${configMapOf(mesh)}`,
        ...draft,
        values,
    });
}

type Blame = Omit<Draft, "id" | "resource" | "values">;

function hiddenFromIstiod([namespace = ""]: string[], { host }: CollectorTarget, mesh: Mesh): Blame {
    const label = missingLabel(mesh);
    return {
        expected: "a collector in a namespace that istiod looks at",
        got: `${host} in the namespace ${namespace}, which the mesh's discoverySelectors leave out`,
        cure: "Label the namespace as discoverySelectors ask for, or add it there.",
        commands: label === undefined ? [] : [`kubectl label namespace ${namespace} ${label.join("=")} --overwrite`],
    };
}

function severalOrElsewhere(seen: string[], collector: CollectorTarget, mesh: Mesh): Blame {
    const { host, hostNamespace } = collector;
    const right = seen.includes(mesh.rootNamespace) ? mesh.rootNamespace : (seen[0] ?? "");
    return {
        expected: "a host of one namespace, or NAMESPACE/HOST",
        got:
            hostNamespace === undefined
                ? `${host}, which ${String(seen.length)} namespaces have: ${seen.join(", ")}`
                : `${hostNamespace}/${host}, which the namespace ${seen.join(", ")} has`,
        cure: meshConfigCure(`Name it ${right}/${host}`),
        commands: [nameIt(mesh, collector, { service: `${right}/${host}` })],
    };
}

/** Neither a Service nor a ServiceEntry has it. */
function unknownHost({ mesh, discovery }: Evidence, collector: CollectorTarget): Blame {
    const { host, port } = collector;
    const [short = ""] = host.split(".");
    const services = itemsOf(discovery.services);
    const sameName = services.find(({ metadata }) => metadata.name === short);
    const samePort = services.find(({ spec }) => (spec?.ports ?? []).some((served) => served.port === port));
    const best = sameName ?? (host.includes(".") ? undefined : samePort);
    const blame = {
        expected: "the full name of a Service (NAME.NAMESPACE.svc.DOMAIN) or the host of a ServiceEntry",
        got: `${host}, which istiod's registry does not have`,
    };
    if (best !== undefined) {
        const full = `${best.metadata.name}.${best.metadata.namespace ?? ""}.svc.${mesh.clusterDomain}`;
        const cure = meshConfigCure(`Name it ${full} (stack setting: collectorAddress ${full}:${String(port)})`);
        return { ...blame, cure, commands: [nameIt(mesh, collector, { service: full })] };
    }
    const cure = "Create a ServiceEntry for a collector outside of the mesh (stack setting: collectorAddress)";
    if (!host.includes(".")) return { ...blame, cure: `Deploy the collector, or correct the name. ${cure}.` };
    if (isIP(host) === 0) return { ...blame, cure: `${cure}.`, commands: [serviceEntryCommand(mesh, collector, host)] };
    return {
        ...blame,
        cure: `${cure}; an address needs a name, which the provider then has.`,
        commands: [
            serviceEntryCommand(mesh, collector, NAMELESS, host),
            nameIt(mesh, collector, { service: NAMELESS }),
        ],
    };
}

function nameIt(mesh: Mesh, { provider, kind }: CollectorTarget, settings: object): string {
    return meshConfigCommand(mesh, (config) => {
        const found = findProvider(config, provider);
        if (found !== undefined) found[kind] = { ...(found[kind] as object), ...settings };
        return config;
    });
}

function serviceEntryCommand(mesh: Mesh, { port, grpc }: CollectorTarget, host: string, address?: string): string {
    const protocol = grpc ? "GRPC" : "HTTP";
    return applyCommand({
        apiVersion: "networking.istio.io/v1",
        kind: "ServiceEntry",
        metadata: { name: "outside-collector", namespace: mesh.rootNamespace },
        spec: {
            hosts: [host],
            location: "MESH_EXTERNAL",
            ports: [{ number: port, name: `${protocol.toLowerCase()}-tracing`, protocol }],
            ...(address === undefined ? { resolution: "DNS" } : { resolution: "STATIC", endpoints: [{ address }] }),
            exportTo: ["*"],
        },
    });
}

/** A full name that no Service has: whoever had it was removed, or never came. */
function serviceGone(host: string, provider: string, values: Record<string, string>): DoctorFinding {
    const { name, namespace } = serviceNameOf(host);
    return draftFor("sidecar")({
        id: "collector-service-exists",
        resource: `Service ${namespace}/${name}`,
        expected: `the Service to which the provider "${provider}" sends spans`,
        got: "no such Service: istiod leaves tracing out, and says so in its own log alone",
        cure: `Deploy the collector's Service, or correct the provider (stack setting: collectorAddress); what there is: kubectl get services -n ${namespace}`,
        values,
    });
}
