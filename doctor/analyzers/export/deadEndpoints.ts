import { itemsOf } from "../../../shared/cluster/facts";
import { podAddresses, type EndpointSliceObject } from "../../../shared/kubernetes/objects";
import { slicesOf } from "../../../shared/kubernetes/services";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { fullName } from "../../inventory/mesh";
import { withoutAddresses } from "../../remediation/endpointSlices";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { isEveryProbeComplete } from "../propagation";
import { ipOf, type Calls, type ExportCounts } from "./counts";

/**
 * The label with the manager of an EndpointSlice:
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#management
 */
const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
/** The manager that writes the pods of a Service's selector. */
const OF_SELECTOR = "endpointslice-controller.k8s.io";
/** The manager that mirrors a hand-written Endpoints object. */
const MIRRORED = "endpointslicemirroring-controller.k8s.io";

/** Addresses behind the collector's Service that no pod has and at which every call fails, by their manager. */
export function deadEndpoints(
    evidence: Evidence,
    collector: CollectorTarget,
    counts: ExportCounts[],
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { service } = collector;
    if (service === undefined || "failure" in evidence.discovery.pods) return undefined;
    const dead = deadAddresses(evidence, counts);
    const slices = slicesOf(service, itemsOf(evidence.discovery.endpointSlices)).filter(
        (slice) => managerOf(slice) !== OF_SELECTOR && addressesOf(slice).some((address) => dead.includes(address)),
    );
    const [first] = slices;
    if (first === undefined) return undefined;
    const written = dead.filter((address) => slices.some((slice) => addressesOf(slice).includes(address)));
    const failed = sumAt(written, counts, ({ failed, connectFailed }) => failed + connectFailed);
    const mirrored = managerOf(first) === MIRRORED;
    const { commands, cure } = withoutAddresses(written, { slices, mirrored }, evidence, collector);
    return draftFor("export")({
        id: "collector-endpoint-dead",
        resource: mirrored
            ? `Endpoints ${fullName(service)}`
            : slices.map((one) => `EndpointSlice ${fullName(one)}`).join(", "),
        expected: `addresses behind Service ${fullName(service)} that accept spans`,
        got:
            `${written.join(", ")}, which no pod of the cluster has (${describeManager(first)}); ` +
            (failed > 0 ? `${String(failed)} calls and connections failed there` : "no call there got an answer"),
        cure,
        commands,
        values,
        standing: true,
    });
}

/** Addresses of no pod at which all calls failed. */
function deadAddresses(evidence: Evidence, counts: ExportCounts[]): string[] {
    const pods = new Set(itemsOf(evidence.discovery.pods).flatMap(podAddresses));
    const all = [...new Set(counts.flatMap(({ byHost }) => Object.keys(byHost).map(ipOf)))];
    const complete = isEveryProbeComplete(evidence);
    return all.filter((address) => {
        if (pods.has(address)) return false;
        const tried = sumAt([address], counts, ({ failed, connectFailed }) => failed + connectFailed);
        return sumAt([address], counts, ({ succeeded }) => succeeded) === 0 && (tried > 0 || !complete);
    });
}

function sumAt(addresses: string[], counts: ExportCounts[], of: (calls: Calls) => number): number {
    return counts
        .flatMap(({ byHost }) => Object.entries(byHost))
        .filter(([host]) => addresses.includes(ipOf(host)))
        .reduce((sum, [, calls]) => sum + of(calls), 0);
}

function addressesOf({ endpoints }: EndpointSliceObject): string[] {
    return (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []);
}

function managerOf({ metadata }: EndpointSliceObject): string | undefined {
    return metadata.labels?.[MANAGED_BY];
}

function describeManager(slice: EndpointSliceObject): string {
    const manager = managerOf(slice);
    if (manager === MIRRORED) return `created manually, and mirrored in EndpointSlice ${fullName(slice)}`;
    return manager === undefined ? `created manually, without the label ${MANAGED_BY}` : `${MANAGED_BY}: ${manager}`;
}
