import type { CollectorTarget } from "../../inventory/collector";
import { coversHost, egressOf, sidecarResourceOf } from "../../inventory/sidecarEgress";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { ExportCounts } from "./counts";
import { draftFor, type Draft } from "../draft";
import { patchCommand, type Operation } from "../../remediation/commands";

/** The annotation of a Service that replaces a field: https://istio.io/latest/docs/reference/config/annotations/ */
const EXPORT_TO = "networking.istio.io/exportTo";

/**
 * A sidecar that does not have the collector's cluster, although istiod knows the host: something hides the host or the
 * port.
 */
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
        got: "sidecars without it",
        cure: 'Make it visible in the whole mesh: set exportTo ["*"], include it in every Sidecar resource, and use the port that the provider names.',
        ...blame,
        values,
    });
}

type Blame = Partial<Pick<Draft, "resource" | "got" | "cure" | "commands">>;

function notExported({ serviceEntry, service }: CollectorTarget): Blame | undefined {
    const entryTo = (serviceEntry?.spec?.["exportTo"] ?? []) as string[];
    if (serviceEntry !== undefined && entryTo.length > 0 && !entryTo.includes("*")) {
        const patch: Operation[] = [{ op: "replace", path: "/spec/exportTo", value: ["*"] }];
        return {
            resource: `ServiceEntry ${fullName(serviceEntry)}`,
            got: `exportTo ${entryTo.join(", ")}, so that other sidecars do not have it`,
            cure: 'Make it visible in the whole mesh: set exportTo ["*"].',
            commands: [patchCommand("serviceentry", serviceEntry, patch)],
        };
    }
    const serviceTo = service?.metadata.annotations?.[EXPORT_TO];
    if (service === undefined || serviceTo === undefined || serviceTo.includes("*")) return undefined;
    return {
        resource: `Service ${fullName(service)}`,
        got: `${EXPORT_TO}: ${serviceTo}, so that other sidecars do not have it`,
        cure: "Make it visible in the whole mesh.",
        commands: [{ verb: "annotate", kind: "service", object: service, annotations: { [EXPORT_TO]: "*" } }],
    };
}

/** The Sidecar resource that applies to a pod, if none of its egress hosts is the collector. */
function hiddenBySidecar(
    pod: PodObject,
    evidence: Evidence,
    { host, port, service, serviceEntry }: CollectorTarget,
): Blame | undefined {
    const sidecar = sidecarResourceOf(pod, evidence);
    const egress = sidecar === undefined ? [] : egressOf(sidecar);
    const namespace = (service ?? serviceEntry)?.metadata.namespace ?? "";
    const covered = egress.some((listener) => coversHost(listener, { host, namespace, port }, pod));
    if (sidecar === undefined || egress.length === 0 || covered) return undefined;
    const open = egress.findIndex((listener) => listener.port === undefined);
    const value = `${namespace}/${host}`;
    const patch: Operation =
        open < 0
            ? { op: "add", path: "/spec/egress/-", value: { hosts: [value] } }
            : { op: "add", path: `/spec/egress/${String(open)}/hosts/-`, value };
    return {
        resource: `Sidecar ${fullName(sidecar)}`,
        got: `egress only to ${egress.flatMap(({ hosts }) => hosts ?? []).join(", ")}`,
        cure: "Add the collector to its egress hosts.",
        commands: [patchCommand("sidecars.networking.istio.io", sidecar, [patch])],
    };
}

/** A ServiceEntry without the provider's port. An earlier check covers Services. */
function portLacking({ serviceEntry, port, provider }: CollectorTarget): Blame | undefined {
    const ports = (serviceEntry?.spec?.["ports"] ?? []) as { number: number; protocol: string }[];
    if (serviceEntry === undefined || ports.some(({ number }) => number === port)) return undefined;
    return {
        resource: `ServiceEntry ${fullName(serviceEntry)}`,
        got: `ports ${ports.map(({ number, protocol }) => `${String(number)} ${protocol}`).join(", ")}`,
        cure: `Use the same port in the provider "${provider}" and in the ServiceEntry.`,
    };
}
