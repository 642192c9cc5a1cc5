import { itemsOf } from "../../../shared/cluster/facts";
import { selects } from "../../../shared/kubernetes/labelSelectors";
import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { fullName } from "../../inventory/mesh";
import { patchCommand } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import type { ExportCounts } from "./counts";

/** On a Service, in place of a field: https://istio.io/latest/docs/reference/config/annotations/ */
const EXPORT_TO = "networking.istio.io/exportTo";

/** A sidecar that lacks the collector's cluster, though istiod knows the host: something hides it, or the port. */
export function clusterMissing(
    { cluster, pod }: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    const blame = notExported(collector) ?? hiddenBySidecar(pod, evidence, collector) ?? portLacking(collector);
    return draftFor("export")({
        id: "collector-not-visible",
        resource: collector.host,
        expected: `the cluster ${cluster} in every sidecar`,
        got: "sidecars that do not have it",
        cure: 'Let it be seen in the whole mesh: exportTo ["*"], no Sidecar resource that leaves it out, and the port that the provider names.',
        ...blame,
        values,
    });
}

type Blame = Partial<Pick<DoctorFinding, "resource" | "got" | "cure" | "commands">>;

function notExported({ serviceEntry, service }: CollectorTarget): Blame | undefined {
    const entryTo = (serviceEntry?.spec?.["exportTo"] ?? []) as string[];
    if (serviceEntry !== undefined && entryTo.length > 0 && !entryTo.includes("*")) {
        const patch = [{ op: "replace", path: "/spec/exportTo", value: ["*"] }];
        return {
            resource: `ServiceEntry ${fullName(serviceEntry)}`,
            got: `exportTo ${entryTo.join(", ")}: sidecars elsewhere do not have it`,
            cure: 'Let it be seen in the whole mesh: exportTo ["*"].',
            commands: [patchCommand("serviceentry", serviceEntry, patch)],
        };
    }
    const serviceTo = service?.metadata.annotations?.[EXPORT_TO];
    if (service === undefined || serviceTo === undefined || serviceTo.includes("*")) return undefined;
    const { name, namespace = "" } = service.metadata;
    return {
        resource: `Service ${fullName(service)}`,
        got: `${EXPORT_TO}: ${serviceTo}, so that sidecars elsewhere do not have it`,
        cure: "Let it be seen in the whole mesh.",
        commands: [`kubectl annotate service ${name} -n ${namespace} --overwrite '${EXPORT_TO}=*'`],
    };
}

/** The Sidecar resource that counts for a pod, when none of its egress hosts is the collector's. */
function hiddenBySidecar(
    { metadata }: PodObject,
    { discovery, mesh }: Evidence,
    { host, service, serviceEntry }: CollectorTarget,
): Blame | undefined {
    const sidecars = itemsOf(discovery.sidecars);
    const labelsOf = ({ spec }: SpecObject): Record<string, string> =>
        (spec?.["workloadSelector"] as { labels?: Record<string, string> } | undefined)?.labels ?? {};
    const own = sidecars.filter((sidecar) => sidecar.metadata.namespace === metadata.namespace);
    const wide = (sidecar: SpecObject): boolean => Object.keys(labelsOf(sidecar)).length === 0;
    const sidecar =
        own.find((one) => selects(labelsOf(one), metadata.labels ?? {})) ??
        own.find(wide) ??
        sidecars.find((one) => one.metadata.namespace === mesh.rootNamespace && wide(one));
    const egress = (sidecar?.spec?.["egress"] ?? []) as { hosts?: string[] }[];
    const home = (service ?? serviceEntry)?.metadata.namespace ?? "";
    const covers = (pattern: string): boolean => {
        const [where = "", name = ""] = pattern.split("/");
        const there = where === "*" || (where === "." ? metadata.namespace === home : where === home);
        return there && (name === "*" || name === host || (name.startsWith("*.") && host.endsWith(name.slice(1))));
    };
    const hosts = egress.flatMap((listener) => listener.hosts ?? []);
    if (sidecar === undefined || egress.length === 0 || hosts.some(covers)) return undefined;
    const patch = [{ op: "add", path: "/spec/egress/0/hosts/-", value: `${home}/${host}` }];
    return {
        resource: `Sidecar ${fullName(sidecar)}`,
        got: `egress to ${hosts.join(", ")} alone`,
        cure: "Add the collector to its egress hosts.",
        commands: [patchCommand("sidecars.networking.istio.io", sidecar, patch)],
    };
}

/** A ServiceEntry without the provider's port; that of a Service was looked at before. */
function portLacking({ serviceEntry, port, provider }: CollectorTarget): Blame | undefined {
    const ports = (serviceEntry?.spec?.["ports"] ?? []) as { number: number; protocol: string }[];
    if (serviceEntry === undefined || ports.some(({ number }) => number === port)) return undefined;
    return {
        resource: `ServiceEntry ${fullName(serviceEntry)}`,
        got: `ports ${ports.map(({ number, protocol }) => `${String(number)} ${protocol}`).join(", ")}`,
        cure: `Let the provider "${provider}" and the ServiceEntry name the same port.`,
    };
}
