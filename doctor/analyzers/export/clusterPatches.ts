import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import { isPlainObject, mapAt, textAt, type PlainObject } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { plainName } from "../../evidence/envoyConfig";
import { applyTo, filtersOf, nameOfFilter, operationOf, patchesOf, valueOf } from "../../inventory/envoyFilters";
import { fullName } from "../../inventory/mesh";
import { patchCommand, type Command } from "../../remediation/commands";
import type { Draft } from "../draft";

/** An EnvoyFilter and its patches for one cluster. */
export interface ClusterPatches {
    filter: SpecObject;
    /** Indexes in its `configPatches`. */
    indexes: number[];
    effect: "removes" | "replaces" | "changes";
    /** Changed fields of the cluster. */
    fields: string[];
    /** True if a patch names this cluster instead of all clusters, or changes its TLS. */
    aimed: boolean;
}

/** Fields of a cluster that cannot make calls fail, normalized with {@link plainName}. */
const HARMLESS = [
    ...["upstreamconnectionoptions", "perconnectionbufferlimitbytes", "metadata", "altstatname"],
    ...["trackclusterstats", "tracktimeoutbudgets", "commonlbconfig", "name"],
];

const TLS = ["transportsocket", "transportsocketmatches"];

/**
 * The EnvoyFilters of a pod that remove a cluster from its sidecar, or change how the sidecar calls it. A filter that
 * only adds a cluster with an existing name has no effect, because istiod keeps the first one.
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
                aimed:
                    guilty.some(({ patch }) => namesCluster(patch)) ||
                    fields.some((one) => TLS.includes(plainName(one))),
            },
        ];
    });
    // Without the removal by one filter, the change by another would have no effect.
    return found.some(({ effect }) => effect === "removes")
        ? found.filter(({ effect }) => effect === "removes")
        : found;
}

/** EnvoyFilters that remove the collector's cluster from a sidecar, or change it so that every call fails. */
export function clusterPatched(
    [first, ...others]: ClusterPatches[],
    pod: PodObject,
    cluster: string,
): Omit<Draft, "id" | "values"> | undefined {
    if (first === undefined) return undefined;
    const all = [first, ...others];
    const what = {
        removes: "a patch with the operation REMOVE, which removes the cluster, so that spans cannot be sent",
        replaces: "patches with the operations REMOVE and ADD, which replace the cluster, so that every call fails",
        changes: `a patch with the operation MERGE, which changes ${first.fields.join(", ")} of the cluster, so that every call fails`,
    };
    const names = all.map(({ filter }) => nameOfFilter(filter)).join(", ");
    return {
        resource: names,
        expected: `istiod's cluster ${cluster} in Pod ${fullName(pod)}`,
        got: what[first.effect],
        cure: `Remove the patches of the collector's cluster from ${names}.`,
        commands: all.map(removePatches),
    };
}

/** Deletes an EnvoyFilter, or only the faulty patches if it has others. */
function removePatches({ filter, indexes }: ClusterPatches): Command {
    if (indexes.length === patchesOf(filter).length) return { verb: "delete", kind: "envoyfilter", object: filter };
    // From the last to the first, because a removal shifts the following items.
    const operations = [...indexes].reverse().map((index) => ({
        op: "remove" as const,
        path: `/spec/configPatches/${String(index)}`,
    }));
    return patchCommand("envoyfilter", filter, operations);
}

/** Whether a patch is for an outbound cluster. */
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

function namesCluster(patch: PlainObject): boolean {
    const { name, service, portNumber } = mapAt(patch, "match", "cluster");
    return [name, service, portNumber].some(isSet) || operationOf(patch) === "ADD";
}

/** An empty field counts as missing. */
function isSet(value: unknown): boolean {
    return value !== undefined && value !== "" && value !== 0;
}

/** An invalid pattern or an unknown version excludes nothing. */
function isForVersion(patch: PlainObject, version: string): boolean {
    const wanted = textAt(patch, "match", "proxy", "proxyVersion");
    if (wanted === undefined || version === "") return true;
    try {
        return new RegExp(wanted).test(version);
    } catch {
        return true;
    }
}

/** Fields of a patch that can make calls fail. */
function fieldsOf(patch: PlainObject): string[] {
    const value = valueOf(patch);
    return isPlainObject(value) ? Object.keys(value).filter((key) => !HARMLESS.includes(plainName(key))) : [];
}
