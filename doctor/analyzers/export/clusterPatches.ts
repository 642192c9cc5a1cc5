import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import { isPlainObject, mapAt, textAt, type PlainObject } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { plainName } from "../../evidence/envoyConfig";
import { applyTo, filtersOf, operationOf, patchesOf, valueOf } from "../../inventory/envoyFilters";
import { fullName } from "../../inventory/mesh";
import { patchCommand, type Command } from "../../remediation/commands";
import type { Draft } from "../draft";

/** An EnvoyFilter and those of its patches that change one cluster. */
export interface ClusterPatches {
    filter: SpecObject;
    /** Places in its `configPatches`. */
    indexes: number[];
    effect: "removes" | "replaces" | "changes";
    /** Fields of the cluster that are changed. */
    fields: string[];
    /** True where a patch names the cluster and is not for all of them, or changes its TLS. */
    aimed: boolean;
}

/** Fields of a cluster by which no call fails, as {@link plainName} writes them. */
const HARMLESS = [
    ...["upstreamconnectionoptions", "perconnectionbufferlimitbytes", "metadata", "altstatname"],
    ...["trackclusterstats", "tracktimeoutbudgets", "commonlbconfig", "name"],
];

const TLS = ["transportsocket", "transportsocketmatches"];

/**
 * The EnvoyFilters of a pod that take a cluster away from its sidecar, or change how that calls it. One that only adds a
 * cluster of a name that there is counts for nothing: istiod keeps the first.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pilot/pkg/networking/core/envoyfilter/cluster_patch.go
 */
export function patchesOfCluster(
    pod: PodObject,
    cluster: string,
    evidence: Pick<Evidence, "discovery" | "mesh">,
): ClusterPatches[] {
    const found = filtersOf(pod, evidence).flatMap((filter): ClusterPatches[] => {
        const patches = patchesOf(filter).map((patch, index) => ({ patch, index }));
        const meant = patches.filter(({ patch }) => applyTo(patch) === "CLUSTER" && isFor(patch, cluster, evidence));
        const having = (operation: string): typeof meant =>
            meant.filter(({ patch }) => operationOf(patch) === operation);
        const [removed, merged] = [having("REMOVE"), having("MERGE").filter(({ patch }) => fieldsOf(patch).length > 0)];
        const guilty = [...removed, ...having("ADD").filter(() => removed.length > 0), ...merged];
        if (removed.length + merged.length === 0) return [];
        const fields = [...new Set(merged.flatMap(({ patch }) => fieldsOf(patch)))];
        return [
            {
                filter,
                indexes: guilty.map(({ index }) => index).sort((left, right) => left - right),
                effect: removed.length === 0 ? "changes" : guilty.length > removed.length ? "replaces" : "removes",
                fields,
                aimed: guilty.some(({ patch }) => isAimed(patch)) || fields.some((one) => TLS.includes(plainName(one))),
            },
        ];
    });
    // Without the removal of one, the change by another would count for nothing.
    return found.some(({ effect }) => effect === "removes")
        ? found.filter(({ effect }) => effect === "removes")
        : found;
}

/** Who takes the collector's cluster away from a sidecar, or changes it so that no call gets through. */
export function clusterPatched(
    [first, ...others]: ClusterPatches[],
    pod: PodObject,
    cluster: string,
): Omit<Draft, "id" | "values"> | undefined {
    if (first === undefined) return undefined;
    const all = [first, ...others];
    const what = {
        removes: "a patch with the operation REMOVE takes the cluster away, so that spans have nowhere to go",
        replaces:
            "patches with the operations REMOVE and ADD put another cluster in its place, and no call gets through",
        changes: `a patch with the operation MERGE changes ${first.fields.join(", ")} of the cluster, and no call gets through`,
    };
    const names = all.map(({ filter }) => `EnvoyFilter ${fullName(filter)}`).join(", ");
    return {
        resource: names,
        expected: `the cluster ${cluster} in Pod ${fullName(pod)}, as istiod builds it`,
        got: what[first.effect],
        cure: `Take what concerns the collector's cluster out of ${names}.`,
        commands: all.map(removePatches),
    };
}

/** Deletes an EnvoyFilter, or those of its patches that are at fault where it has others. */
function removePatches({ filter, indexes }: ClusterPatches): Command {
    if (indexes.length === patchesOf(filter).length) return { verb: "delete", kind: "envoyfilter", object: filter };
    // From the last to the first, since those behind a removed one move up.
    const operations = [...indexes].reverse().map((index) => ({
        op: "remove" as const,
        path: `/spec/configPatches/${String(index)}`,
    }));
    return patchCommand("envoyfilter", filter, operations);
}

/** Whether a patch is for a cluster by which sidecars call others. */
function isFor(patch: PlainObject, cluster: string, { mesh }: Pick<Evidence, "mesh">): boolean {
    const context = textAt(patch, "match", "context") ?? "ANY";
    if (!["ANY", "SIDECAR_OUTBOUND"].includes(context) || !isForVersion(patch, mesh.version)) return false;
    if (operationOf(patch) === "ADD") return mapAt(valueOf(patch))["name"] === cluster;
    const { name, service, subset, portNumber } = mapAt(patch, "match", "cluster");
    const [, port, ownSubset, host] = cluster.split("|");
    if (isSet(name)) return name === cluster;
    return (
        (!isSet(service) || service === host) &&
        (!isSet(subset) || subset === ownSubset) &&
        (!isSet(portNumber) || Number(portNumber) === Number(port))
    );
}

function isAimed(patch: PlainObject): boolean {
    const { name, service, portNumber } = mapAt(patch, "match", "cluster");
    return [name, service, portNumber].some(isSet) || operationOf(patch) === "ADD";
}

/** A field that is empty counts as one that is not there. */
function isSet(value: unknown): boolean {
    return value !== undefined && value !== "" && value !== 0;
}

/** A pattern that nobody can read, or a version that is not known, excludes nothing. */
function isForVersion(patch: PlainObject, version: string): boolean {
    const wanted = textAt(patch, "match", "proxy", "proxyVersion");
    if (wanted === undefined || version === "") return true;
    try {
        return new RegExp(wanted).test(version);
    } catch {
        return true;
    }
}

/** Fields that a patch changes and by which calls may fail. */
function fieldsOf(patch: PlainObject): string[] {
    const value = valueOf(patch);
    return isPlainObject(value) ? Object.keys(value).filter((key) => !HARMLESS.includes(plainName(key))) : [];
}
