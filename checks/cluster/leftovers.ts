import { isMadeByPulumi, isOwnedBy, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

/** An object with its kind. */
export interface KindObject extends ClusterObject {
    kind: string;
}

/** The parts of Istio that a cluster contains. */
export interface IstioTraces {
    /** Deployments and Pods of istiod, in all namespaces. */
    istiods: KindObject[];
    /** This program's Helm releases that still exist. */
    releases: ReleaseName[];
    /** Istio's CRDs, from any installer. */
    crds: KindObject[];
    /** The ConfigMaps that istiod writes into every namespace. */
    configMaps: KindObject[];
    /** Objects of these CRDs, in all namespaces. */
    customResources: KindObject[];
}

/** How this program installed Istio. */
export interface Installation {
    base: ReleaseName;
    istiod: ReleaseName;
    /** The release of Istio's CNI plugin. @default the program does not install it */
    cni?: ReleaseName;
    /** Namespaces that the program owns. */
    namespaces: string[];
    /** `Kind namespace/name` of the objects that the program creates in namespaces of other owners. */
    elsewhere: string[];
    keepCrds: boolean;
}

/** The objects that a destroy leaves behind and nobody needs, and the findings that prevent the removal of the rest. */
export interface Leftovers {
    remove: KindObject[];
    findings: Finding[];
}

const SHOWN = 10;

/**
 * Decides what to remove after a destroy, and never an object of another owner. All CRDs stay as long as another
 * owner's object of any of them exists, because deleting a CRD deletes every object of its kind.
 */
export function judgeLeftovers(traces: IstioTraces, installation: Installation): Leftovers {
    const crds = traces.crds.filter((crd) => isOwnedBy(crd, installation.base));
    const foreign = traces.customResources.filter((object) => !isDeletedByDestroy(object, installation));
    const inUse = crds.length > 0 && !installation.keepCrds && foreign.length > 0;
    const findings = [
        ...(inUse ? [crdsInUse(foreign)] : []),
        ...(installation.keepCrds && crds.length > 0 ? [crdsKept(crds.length)] : []),
    ];
    const running = controlPlane(traces, installation);
    if (running !== undefined)
        return { remove: [], findings: [running, ...inTheWay(traces, installation), ...findings] };
    return { remove: [...traces.configMaps, ...(inUse || installation.keepCrds ? [] : crds)], findings };
}

/** A running istiod writes its ConfigMaps again, and needs its CRDs. */
function controlPlane({ istiods, releases: [left] }: IstioTraces, { istiod }: Installation): Finding | undefined {
    const own = istiods.find((object) => isOwnedBy(object, istiod) || object.metadata.namespace === istiod.namespace);
    if (own !== undefined || left !== undefined) {
        return {
            id: "destroy-first",
            severity: "error",
            resource: own !== undefined ? nameOf(own) : `Helm release ${left?.namespace ?? ""}/${left?.name ?? ""}`,
            expected: "no Istio of this program, as after a destroy",
            got: own === undefined ? "a release that still exists" : "an istiod that still exists",
            cure: "Run pulumi destroy, then run this command again.",
        };
    }
    const other = istiods[0];
    return (
        other && {
            id: "leftovers-used",
            severity: "warning",
            resource: nameOf(other),
            expected: "no other Istio in the cluster",
            got: "an istiod from another installer, which uses the same CRDs and ConfigMaps",
            cure: "Nothing to do: the CRDs and ConfigMaps belong to that Istio now.",
        }
    );
}

/** Reports, before a destroy, objects of other owners in the program's namespaces, which are deleted as a whole. */
function inTheWay({ customResources }: IstioTraces, { namespaces }: Installation): Finding[] {
    const doomed = customResources.filter(
        (object) => namespaces.includes(object.metadata.namespace ?? "") && !isMadeByPulumi(object),
    );
    if (doomed.length === 0) return [];
    return [
        {
            id: "deleted-with-namespace",
            severity: "warning",
            resource: list(doomed),
            expected: "no objects of other owners in this program's namespaces",
            got: "objects that pulumi destroy would delete together with the namespace",
            cure: "If they are still needed, move them into another namespace before the destroy.",
        },
    ];
}

function isDeletedByDestroy(object: KindObject, { namespaces, elsewhere }: Installation): boolean {
    return namespaces.includes(object.metadata.namespace ?? "") || elsewhere.includes(nameOf(object));
}

function crdsInUse(foreign: KindObject[]): Finding {
    return {
        id: "crds-in-use",
        severity: "error",
        resource: list(foreign),
        expected: "no Istio objects outside of this program, because istio.keepCrds is false",
        got: `${String(foreign.length)} that would be deleted together with Istio's CRDs`,
        cure:
            "All CRDs stay. Ask the owners to delete these objects, then run this command again; or set istio.keepCrds to true to keep " +
            "the CRDs.",
    };
}

function crdsKept(count: number): Finding {
    return {
        id: "crds-kept",
        severity: "info",
        resource: `${String(count)} CRDs of Istio`,
        expected: "CRDs that stay, because istio.keepCrds is true",
        got: "kept",
        cure: "To remove them as well, set istio.keepCrds to false and run this command again.",
    };
}

/** `Kind namespace/name`. */
export function nameOf({ kind, metadata }: KindObject): string {
    return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

function list(objects: KindObject[]): string {
    const more = objects.length > SHOWN ? ` and ${String(objects.length - SHOWN)} more` : "";
    return objects.slice(0, SHOWN).map(nameOf).join(", ") + more;
}
