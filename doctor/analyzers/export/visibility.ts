import type { CollectorTarget } from "../../inventory/collector";
import { coversHost, egressOf, sidecarResourceOf } from "../../inventory/sidecarEgress";
import type { Evidence } from "../../evidence";
import { configMapOf, fullName } from "../../inventory/mesh";
import { nextSteps } from "../../nextSteps";
import type { DoctorFinding } from "../../segments";
import type { ClusterObject, PodObject } from "../../../shared/kubernetes/objects";
import { servedPort } from "../../../shared/kubernetes/services";
import { clusterPatched, patchesOfCluster } from "./clusterPatches";
import type { ExportCounts } from "./counts";
import { draftFor, type Draft } from "../draft";
import { patchCommand, type Command, type Operation } from "../../remediation/commands";

/** The annotation of a Service that replaces a field: https://istio.io/latest/docs/reference/config/annotations/ */
const EXPORT_TO = "networking.istio.io/exportTo";

/** Objects that can hide a cluster from a sidecar, and that must be read before the doctor says that none does. */
const HIDERS = ["envoyFilters", "sidecars", "serviceEntries", "services"] as const;

/** A sidecar without the collector's cluster, although istiod knows the host: something removes or hides it. */
export function clusterMissing(
    { cluster, pod }: Pick<ExportCounts, "cluster" | "pod">,
    evidence: Pick<Evidence, "discovery" | "mesh">,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    const make = draftFor("export");
    const removals = patchesOfCluster(pod, cluster, evidence).filter(({ effect }) => effect !== "changes");
    const patched = clusterPatched(removals, pod, cluster);
    if (patched !== undefined) return make({ id: "collector-cluster-patched", ...patched, values });
    const blame = hiderOf(pod, evidence, collector);
    const unread = HIDERS.filter((kind) => "failure" in evidence.discovery[kind]);
    return make({
        id: "collector-not-visible",
        resource: collector.host,
        expected: `the cluster ${cluster} in every sidecar`,
        got: `Pod ${fullName(pod)} without it, and ${unread.length > 0 ? `${unread.join(", ")} could not be read` : "no object explains why"}`,
        cure:
            unread.length > 0
                ? `${nextSteps().grantRights}, so that it can find what hides the cluster.`
                : "Check whether the sidecar still receives updates (istioctl proxy-status), and restart the workload if it does not.",
        ...blame,
        values,
    });
}

type Blame = Partial<Pick<Draft, "resource" | "got" | "cure" | "commands">>;

/** True if the objects as they are now give a pod's sidecar the cluster of the collector. */
export function isVisible(
    pod: PodObject,
    evidence: Pick<Evidence, "discovery" | "mesh">,
    collector: CollectorTarget,
): boolean {
    const { cluster, service, serviceEntry, port } = collector;
    if (service === undefined && serviceEntry === undefined) return false;
    if (service !== undefined && servedPort(service, port) === undefined) return false;
    const removed = patchesOfCluster(pod, cluster, evidence).some(({ effect }) => effect !== "changes");
    return !removed && hiderOf(pod, evidence, collector) === undefined;
}

function hiderOf(
    pod: PodObject,
    evidence: Pick<Evidence, "discovery" | "mesh">,
    collector: CollectorTarget,
): Blame | undefined {
    return notExported(pod, evidence, collector) ?? hiddenBySidecar(pod, evidence, collector) ?? portLacking(collector);
}

/** A Service or ServiceEntry that is not exported to the pod's namespace, by its own setting or the mesh's. */
export function notExported(
    pod: PodObject,
    { mesh }: Pick<Evidence, "mesh">,
    { serviceEntry, service }: Partial<Pick<CollectorTarget, "serviceEntry" | "service">>,
): Blame | undefined {
    const { defaultServiceExportTo } = mesh.config as { defaultServiceExportTo?: string[] };
    const entryTo = (serviceEntry?.spec?.["exportTo"] ?? []) as string[];
    if (serviceEntry !== undefined && !isExported(serviceEntry, entryTo, pod)) {
        const patch: Operation[] = [{ op: "replace", path: "/spec/exportTo", value: ["*"] }];
        return {
            resource: `ServiceEntry ${fullName(serviceEntry)}`,
            got: `exportTo ${entryTo.join(", ")}, so other sidecars do not have it`,
            cure: 'Make it visible in the whole mesh: set exportTo ["*"].',
            commands: [patchCommand("serviceentry", serviceEntry, patch)],
        };
    }
    if (service === undefined) return undefined;
    const annotated = service.metadata.annotations?.[EXPORT_TO];
    const serviceTo = annotated?.split(",").map((name) => name.trim()) ?? defaultServiceExportTo ?? [];
    if (isExported(service, serviceTo, pod)) return undefined;
    const seen: Command = { verb: "annotate", kind: "service", object: service, annotations: { [EXPORT_TO]: "*" } };
    return {
        resource: `Service ${fullName(service)}`,
        got:
            annotated === undefined
                ? `no ${EXPORT_TO}, and defaultServiceExportTo ${serviceTo.join(", ")} of the mesh configuration ` +
                  `${configMapOf(mesh)}, so other sidecars do not have it`
                : `${EXPORT_TO}: ${annotated}, so other sidecars do not have it`,
        cure: "Make it visible in the whole mesh.",
        commands: [seen],
    };
}

/** Whether an object is exported to a pod's namespace. An object that names none is exported to all. */
function isExported({ metadata: { namespace } }: ClusterObject, to: string[], { metadata }: PodObject): boolean {
    const home = metadata.namespace ?? "";
    return to.length === 0 || to.some((name) => name === "*" || name === home || (name === "." && namespace === home));
}

/** The Sidecar resource that applies to a pod, if none of its egress hosts is the collector. */
function hiddenBySidecar(
    pod: PodObject,
    evidence: Pick<Evidence, "discovery" | "mesh">,
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
