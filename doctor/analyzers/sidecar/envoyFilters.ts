import type { PodObject } from "../../../shared/kubernetes/objects";
import { isPlainObject, keysIn, mapAt, textAt, type PlainObject } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { plainName, type RefusedListener } from "../../evidence/envoyConfig";
import {
    applyTo,
    filtersOf,
    filtersWith,
    nameOfFilter,
    operationOf,
    patchesOf,
    valueOf,
} from "../../inventory/envoyFilters";

/** Fields of Envoy's tracing, in either spelling. */
const TRACING = ["tracing", "randomsampling", "overallsampling", "clientsampling"];
/** Filters around or instead of an HTTP connection manager. */
const AROUND_HTTP = ["LISTENER", "FILTER_CHAIN", "NETWORK_FILTER"];
/** Parts of a listener that Envoy can reject. */
const IN_LISTENERS = [...AROUND_HTTP, "LISTENER_FILTER", "HTTP_FILTER"];
/** Words that do not identify a part. */
const COMMON = [
    "name",
    "type",
    "typedconfig",
    "value",
    "error",
    "config",
    "filter",
    "filters",
    "http",
    "network",
    "envoy",
];

/** EnvoyFilters that apply to a pod and change tracing, or remove the HTTP filter that contains it. */
export function filtersOfTracing(pod: PodObject, evidence: Pick<Evidence, "discovery" | "mesh">): string[] {
    return filtersWith((patch) => isOfTracing(patch) || takesHttpAway(patch), pod, evidence);
}

/** EnvoyFilters that apply to a pod and remove its HTTP connection managers, so that it creates no spans. */
export function filtersWithoutHttp(pod: PodObject, evidence: Evidence): string[] {
    return filtersWith(takesHttpAway, pod, evidence);
}

/**
 * EnvoyFilters that apply to a pod and patch a rejected listener: those whose patch contains the names in Envoy's
 * error, otherwise all that may be responsible.
 */
export function filtersRefused(
    pod: PodObject,
    refused: RefusedListener,
    evidence: Pick<Evidence, "discovery" | "mesh">,
): string[] {
    const possible = filtersOf(pod, evidence).filter((filter) =>
        patchesOf(filter).some((patch) => IN_LISTENERS.includes(applyTo(patch)) && isFor(patch, refused.listener)),
    );
    const meant = possible.filter((filter) =>
        patchesOf(filter).some((patch) => wordsIn(patch["patch"]).some((word) => refused.names.includes(word))),
    );
    return (meant.length > 0 ? meant : possible).map(nameOfFilter);
}

/** EnvoyFilters that apply to a pod, with any change. */
export function filtersFor(pod: PodObject, evidence: Evidence): string[] {
    return filtersOf(pod, evidence).map(nameOfFilter);
}

function isOfTracing(patch: PlainObject): boolean {
    return keysIn(valueOf(patch)).some((key) => TRACING.includes(plainName(key)));
}

function takesHttpAway(patch: PlainObject): boolean {
    return AROUND_HTTP.includes(applyTo(patch)) && ["REMOVE", "REPLACE"].includes(operationOf(patch));
}

/** Whether a patch may apply to a listener, by its direction and port. */
function isFor(patch: PlainObject, listener: string | undefined): boolean {
    if (listener === undefined) return true;
    const context = textAt(patch, "match", "context") ?? "ANY";
    const fits =
        context === "ANY" || context === (listener === "virtualInbound" ? "SIDECAR_INBOUND" : "SIDECAR_OUTBOUND");
    const port = mapAt(patch, "match", "listener")["portNumber"];
    // All inbound requests pass one listener, on any port.
    return (
        fits && (port === undefined || listener === "virtualInbound" || listener.endsWith(`_${String(Number(port))}`))
    );
}

/** Names of fields, filters and types in a patch, without common words. */
function wordsIn(value: unknown): string[] {
    const types = textsIn(value).flatMap((text) => text.split(/[./]/));
    return [...keysIn(value), ...types].map(plainName).filter((word) => word.length > 2 && !COMMON.includes(word));
}

/** Values of `name` and `@type`. */
function textsIn(value: unknown): string[] {
    if (Array.isArray(value)) return value.flatMap(textsIn);
    if (!isPlainObject(value)) return [];
    const own = [value["name"], value["@type"]].filter((text) => typeof text === "string");
    return [...own, ...Object.values(value).flatMap(textsIn)];
}
