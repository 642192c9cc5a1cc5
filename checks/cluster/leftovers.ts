import { isMadeByPulumi, isOwnedBy, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

/** An object with its kind. */
export interface KindObject extends ClusterObject {
    kind: string;
}

/** What there is of Istio in a cluster. */
export interface IstioTraces {
    /** Deployments and Pods of istiod, in all namespaces. */
    istiods: KindObject[];
    /** Names of this program's Helm releases that are still there. */
    releases: string[];
    /** Istio's CRDs, whoever installed them. */
    crds: KindObject[];
    /** What istiod writes into every namespace. */
    configMaps: KindObject[];
    /** Objects of the CRDs, in all namespaces. */
    customResources: KindObject[];
}

/** How this program installed Istio. */
export interface Installation {
    base: ReleaseName;
    istiod: ReleaseName;
    /** Namespaces that the program owns. */
    namespaces: string[];
    /** `Kind namespace/name` of what the program makes in other people's namespaces. */
    elsewhere: string[];
    keepCrds: boolean;
}

/** What a destroy leaves behind and nobody needs, and what stands against removing the rest. */
export interface Leftovers {
    remove: KindObject[];
    findings: Finding[];
}

const SHOWN = 10;

/**
 * Says what may be removed after a destroy. Never an object of somebody else: CRDs stay, all of them, as long as one
 * object of theirs is left, since deleting a CRD deletes every object of its kind.
 */
export function judgeLeftovers(traces: IstioTraces, installation: Installation): Leftovers {
    const crds = traces.crds.filter((crd) => isOwnedBy(crd, installation.base));
    const foreign = traces.customResources.filter((object) => !goesWithDestroy(object, installation));
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

/** A running istiod writes its ConfigMaps anew, and needs its CRDs. */
function controlPlane({ istiods, releases }: IstioTraces, { istiod }: Installation): Finding | undefined {
    const own = istiods.find((object) => isOwnedBy(object, istiod) || object.metadata.namespace === istiod.namespace);
    if (own !== undefined || releases.length > 0) {
        return {
            id: "destroy-first",
            severity: "error",
            resource: own === undefined ? `Helm release ${istiod.namespace}/${releases[0] ?? ""}` : nameOf(own),
            expected: "nothing of this program's Istio, as after a destroy",
            got: own === undefined ? "a release that is still there" : "an istiod that is still there",
            cure: "Run pulumi destroy first, then this again.",
        };
    }
    const other = istiods[0];
    return (
        other && {
            id: "leftovers-used",
            severity: "warning",
            resource: nameOf(other),
            expected: "no other Istio in the cluster",
            got: "an istiod that this program did not install, and which uses the same CRDs and ConfigMaps",
            cure: "Nothing to do: they belong to it now.",
        }
    );
}

/** Before a destroy: what of other people stands in the program's namespaces, which go as a whole. */
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
            expected: "no objects of other people in this program's namespaces",
            got: "objects that pulumi destroy deletes together with the namespace",
            cure: "Move them into a namespace of their own before the destroy when they are still needed.",
        },
    ];
}

function goesWithDestroy(object: KindObject, { namespaces, elsewhere }: Installation): boolean {
    return namespaces.includes(object.metadata.namespace ?? "") || elsewhere.includes(nameOf(object));
}

function crdsInUse(foreign: KindObject[]): Finding {
    return {
        id: "crds-in-use",
        severity: "error",
        resource: list(foreign),
        expected: "no Istio object outside of this program, since istio.keepCrds is false",
        got: `${String(foreign.length)} that would be deleted together with Istio's CRDs`,
        cure:
            "All CRDs stay. Have the owners delete these objects, then run this again; or set istio.keepCrds to true and keep " +
            "the CRDs for good.",
    };
}

function crdsKept(count: number): Finding {
    return {
        id: "crds-kept",
        severity: "info",
        resource: `${String(count)} CRDs of Istio`,
        expected: "to stay, since istio.keepCrds is true",
        got: "kept",
        cure: "To remove them as well, set istio.keepCrds to false and run this again.",
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
