import type { CollectorTarget } from "../../inventory/collector";
import { coversHost, egressOf, sidecarResourceOf } from "../../inventory/sidecarEgress";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { ExportCounts } from "./counts";
import { draftFor, type Draft } from "../draft";
import { patchCommand, type Operation } from "../../remediation/commands";

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

type Blame = Partial<Pick<Draft, "resource" | "got" | "cure" | "commands">>;

function notExported({ serviceEntry, service }: CollectorTarget): Blame | undefined {
    const entryTo = (serviceEntry?.spec?.["exportTo"] ?? []) as string[];
    if (serviceEntry !== undefined && entryTo.length > 0 && !entryTo.includes("*")) {
        const patch: Operation[] = [{ op: "replace", path: "/spec/exportTo", value: ["*"] }];
        return {
            resource: `ServiceEntry ${fullName(serviceEntry)}`,
            got: `exportTo ${entryTo.join(", ")}: sidecars elsewhere do not have it`,
            cure: 'Let it be seen in the whole mesh: exportTo ["*"].',
            commands: [patchCommand("serviceentry", serviceEntry, patch)],
        };
    }
    const serviceTo = service?.metadata.annotations?.[EXPORT_TO];
    if (service === undefined || serviceTo === undefined || serviceTo.includes("*")) return undefined;
    return {
        resource: `Service ${fullName(service)}`,
        got: `${EXPORT_TO}: ${serviceTo}, so that sidecars elsewhere do not have it`,
        cure: "Let it be seen in the whole mesh.",
        commands: [{ verb: "annotate", kind: "service", object: service, annotations: { [EXPORT_TO]: "*" } }],
    };
}

/** The Sidecar resource that counts for a pod, when none of its egress hosts is the collector's. */
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
        got: `egress to ${egress.flatMap(({ hosts }) => hosts ?? []).join(", ")} alone`,
        cure: "Add the collector to its egress hosts.",
        commands: [patchCommand("sidecars.networking.istio.io", sidecar, [patch])],
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
