import { isIP } from "node:net";
import { serviceNameOf } from "../../../checks/cluster/collectorAddress";
import type { ServiceObject } from "../../../shared/kubernetes/objects";
import type { CollectorTarget } from "../../inventory/collector";
import { itemsOf } from "../../../shared/cluster/facts";
import { fullServiceName } from "../../../shared/kubernetes/services";
import { INJECTION_LABEL, REVISION_LABEL } from "../../../shared/names/istio";
import { NAMESPACE_NAME_LABEL } from "../../../shared/names/kubernetes";
import { itemsAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { configMapOf, fullName, type Mesh } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { missingLabel, originsOf } from "../../inventory/hostOrigins";
import { applyCommand, unusedName, type Command } from "../../remediation/commands";
import { meshConfigCommand, meshConfigCure } from "../../remediation/istioConfiguration";
import { changeProvider } from "../../remediation/provider";
import { protocolDeclared } from "./portProtocols";
import { protocolSent } from "./protocol";
import { nameService } from "./serviceNamed";
import { draftFor, type Draft } from "../draft";

/** Host name for a collector that has only an IP address. */
const NAMELESS = "collector.outside.internal";

/**
 * Why istiod does not find the provider's host. istiod then omits tracing, and only its log shows it. Undefined if it
 * finds the host, or if that is unknown.
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
        return serviceGone(evidence, collector, values);
    const draft =
        hidden.length > 0
            ? hiddenFromIstiod(hidden, collector, mesh)
            : seen.length > 0
              ? severalOrElsewhere(seen, evidence, collector)
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
    const injects = label !== undefined && [INJECTION_LABEL, REVISION_LABEL].includes(label[0]);
    return {
        expected: "a collector in a namespace that istiod watches",
        got: `${host} in the namespace ${namespace}, which the mesh's discoverySelectors exclude`,
        cure: injects
            ? `Add a selector for the namespace to discoverySelectors. The label ${label[0]}, which they select, would also inject sidecars there.`
            : "Label the namespace to match discoverySelectors, or add a selector for it.",
        commands: [
            label === undefined || injects
                ? meshConfigCommand(mesh, (config) => ({
                      ...config,
                      discoverySelectors: [
                          ...itemsAt(config, "discoverySelectors"),
                          { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } },
                      ],
                  }))
                : {
                      verb: "label",
                      kind: "namespace",
                      object: { metadata: { name: namespace } },
                      labels: Object.fromEntries([label]),
                  },
        ],
    };
}

/** Several namespaces have the host, so that istiod uses none, or only a namespace that the provider does not name. */
function severalOrElsewhere(seen: string[], { mesh, discovery }: Evidence, collector: CollectorTarget): Blame {
    const { host, hostNamespace, service } = collector;
    const home = service?.metadata.namespace;
    const right = home ?? (seen.includes(mesh.rootNamespace) ? mesh.rootNamespace : (seen[0] ?? ""));
    const name = changeProvider(mesh, collector, { service: `${right}/${host}` });
    const expected = "a host of one namespace, or NAMESPACE/HOST";
    if (hostNamespace !== undefined) {
        const got = `${hostNamespace}/${host}, which exists in the namespace ${seen.join(", ")}`;
        return { expected, got, cure: meshConfigCure(`Name it ${right}/${host}`), commands: [name] };
    }
    // Within a namespace, a Service takes precedence over a ServiceEntry.
    const doubles = itemsOf(discovery.serviceEntries).filter(
        ({ metadata, spec }) => metadata.namespace !== home && ((spec?.["hosts"] ?? []) as string[]).includes(host),
    );
    const got = `${host}, which exists in ${String(seen.length)} namespaces: ${seen.join(", ")}`;
    const alone = doubles.filter(({ spec }) => ((spec?.["hosts"] ?? []) as string[]).length === 1);
    if (home === undefined || doubles.length === 0 || alone.length < doubles.length)
        return { expected, got, cure: meshConfigCure(`Name it ${right}/${host}`), commands: [name] };
    return {
        expected,
        got: `${got}; ${doubles.map((entry) => `ServiceEntry ${fullName(entry)}`).join(", ")} beside the Service`,
        cure: `Delete ${doubles.length === 1 ? "that ServiceEntry" : "those ServiceEntries"}, because a Service of the cluster needs none. Or name the collector ${right}/${host} in the provider.`,
        commands: doubles.map((object) => ({ verb: "delete", kind: "serviceentry", object })),
    };
}

/** Neither a Service nor a ServiceEntry has the host. */
function unknownHost(evidence: Evidence, collector: CollectorTarget): Blame {
    const { mesh, discovery } = evidence;
    const { host } = collector;
    const blame = {
        expected: "the full name of a Service (NAME.NAMESPACE.svc.DOMAIN) or the host of a ServiceEntry",
        got: `${host}, which is not in istiod's registry`,
    };
    const [best, ...others] = meantServices(collector, discovery);
    const named = best && nameService(best, evidence, collector);
    if (named !== undefined && others.length === 0) return { ...blame, ...named };
    if (best !== undefined) {
        const names = [best, ...others].map((service) => fullServiceName(service, mesh.clusterDomain)).join(", ");
        return { ...blame, cure: meshConfigCure(`Use the full name of the Service that accepts spans: ${names}`) };
    }
    const cure = "Create a ServiceEntry for a collector outside the mesh (stack setting: collectorAddress)";
    if (!host.includes(".")) return { ...blame, cure: `Deploy the collector, or correct the name. ${cure}.` };
    if (isIP(host) === 0)
        return { ...blame, cure: `${cure}.`, commands: [serviceEntryCommand(evidence, collector, host)] };
    return {
        ...blame,
        cure: `${cure}. An IP address needs a host name there, which you then use in the provider.`,
        commands: [
            serviceEntryCommand(evidence, collector, NAMELESS, host),
            changeProvider(mesh, collector, { service: NAMELESS }),
        ],
    };
}

/** Services that an unknown host may refer to: those of the same name, otherwise those with the provider's port. */
function meantServices({ host, port }: CollectorTarget, discovery: Evidence["discovery"]): ServiceObject[] {
    const [short = ""] = host.split(".");
    const services = itemsOf(discovery.services);
    const serving = (all: ServiceObject[]): ServiceObject[] =>
        all.filter(({ spec }) => (spec?.ports ?? []).some((served) => served.port === port));
    const sameName = services.filter(({ metadata }) => metadata.name === short);
    if (sameName.length > 0) return sameName.length > 1 && serving(sameName).length > 0 ? serving(sameName) : sameName;
    return host.includes(".") ? [] : serving(services);
}

function serviceEntryCommand(
    { mesh, discovery }: Evidence,
    { port, grpc }: CollectorTarget,
    host: string,
    address?: string,
): Command {
    const name = unusedName("outside-collector", mesh.rootNamespace, itemsOf(discovery.serviceEntries));
    const protocol = grpc ? "GRPC" : "HTTP";
    return applyCommand({
        apiVersion: "networking.istio.io/v1",
        kind: "ServiceEntry",
        metadata: { name, namespace: mesh.rootNamespace },
        spec: {
            hosts: [host],
            location: "MESH_EXTERNAL",
            ports: [{ number: port, name: `${protocol.toLowerCase()}-tracing`, protocol }],
            ...(address === undefined ? { resolution: "DNS" } : { resolution: "STATIC", endpoints: [{ address }] }),
            exportTo: ["*"],
        },
    });
}

/** A full name that no Service has: the Service was removed or never existed. */
function serviceGone(evidence: Evidence, collector: CollectorTarget, values: Record<string, string>): DoctorFinding {
    const { host, port, provider } = collector;
    const { name, namespace } = serviceNameOf(host);
    const sent = protocolSent(collector);
    const takesSpans = ({ spec }: ServiceObject): boolean =>
        (spec?.ports ?? []).some((served) => served.port === port && protocolDeclared(served) === sent);
    const services = itemsOf(evidence.discovery.services).filter(takesSpans);
    const near = services.filter(({ metadata }) => metadata.namespace === namespace);
    const [only, another] = near.length > 0 ? near : services;
    const named = only && another === undefined ? nameService(only, evidence, collector) : undefined;
    return draftFor("sidecar")({
        id: "collector-service-exists",
        resource: `Service ${namespace}/${name}`,
        expected: `the Service to which the provider "${provider}" sends spans`,
        got: "no such Service, so istiod omits tracing and reports it only in its log",
        cure: `Deploy the collector's Service, or correct the provider (stack setting: collectorAddress). List the Services: kubectl get services -n ${namespace}`,
        ...named,
        values,
    });
}
