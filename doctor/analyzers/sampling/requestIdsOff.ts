import { decidingBlock } from "../../../checks/telemetry/appliedBlocks";
import { keysIn, type PlainObject } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { plainName } from "../../evidence/envoyConfig";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { sourcesOf } from "../../inventory/collector";
import { filtersWith, valueOf } from "../../inventory/envoyFilters";
import { fullName } from "../../inventory/mesh";
import { sourceOfField } from "../../inventory/proxyConfig";
import { describeField, removeField } from "../../remediation/proxyConfig";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";
import { chainOf } from "../sidecar/filterChain";

/** Istio's field: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig-ProxyHeaders */
const FIELD = ["proxyHeaders", "requestId", "disabled"];

/**
 * Sidecars that create no x-request-id. Envoy samples by that header, so it records no request that arrives without
 * one, whatever the rate.
 *
 * Source: https://github.com/envoyproxy/envoy/blob/main/source/common/http/conn_manager_utility.cc
 *
 * @param measured the number of traces and of requests without a header, if they were counted
 */
export function requestIdsOff(evidence: Evidence, measured?: { traces: number; requests: number }): DoctorFinding[] {
    const { source, targets, sampling } = evidence;
    const isOff = (sidecar: SidecarEvidence | undefined): sidecar is SidecarEvidence =>
        sidecar !== undefined &&
        "value" in sidecar.listeners &&
        chainOf(sidecar, sidecar.listeners.value.chains, evidence)?.generatesRequestIds === false;
    const off = [source, ...targets].find(isOff);
    if (off === undefined || !sampling.source.client.reporting) return [];
    const first = off === source;
    // The requests of the path arrive at the target with the header that the source's sidecar has set.
    const unsampled = first && sampling.source.client.percent > 0 && !recordsAll(evidence);
    const counted = measured === undefined ? "" : ` (${String(measured.traces)} of ${String(measured.requests)} here)`;
    const effect = unsampled
        ? `and records no request that arrives without one, at any rate${counted}`
        : recordsAll(evidence)
          ? "so the lines of one request in several access logs have no common ID"
          : "and records no request that its application sends, or that a client outside the mesh sends without " +
            "one, at any rate";
    const { where, ...blame } = blameFor(off, evidence);
    return [
        draftFor("sampling")({
            id: "request-id-disabled",
            severity: unsampled ? "error" : "warning",
            ...blame,
            expected: `an x-request-id from the sidecar of Pod ${fullName(off.pod)}, by which it decides what to record`,
            got: `${where}: the sidecar creates no x-request-id, ${effect}`,
            values: {},
        }),
    ];
}

/** With this field of a Telemetry, sidecars record every request without looking at its ID. */
function recordsAll({ path, mesh, discovery }: Evidence): boolean {
    const deciding = decidingBlock(sourcesOf(path.source, mesh, discovery), "CLIENT", "useRequestIdForTraceSampling");
    return deciding?.block.useRequestIdForTraceSampling === false;
}

function blameFor(
    { pod }: SidecarEvidence,
    evidence: Evidence,
): Pick<Draft, "resource" | "cure" | "commands"> & { where: string } {
    const { mesh, path } = evidence;
    const source = sourceOfField(pod, mesh, FIELD);
    if (source !== undefined) {
        const { place, ...removal } = removeField(pod, source, FIELD, { mesh, pods: [path.source, ...path.targets] });
        return { ...removal, where: `${describeField(FIELD)} in ${place}` };
    }
    const setsIt = (patch: PlainObject): boolean =>
        keysIn(valueOf(patch)).some((key) => plainName(key) === "generaterequestid");
    const filters = filtersWith(setsIt, pod, evidence).join(", ");
    return filters === ""
        ? {
              resource: `Pod ${fullName(pod)}`,
              where: "generate_request_id is false in its listener",
              cure: "No object that the doctor reads sets it. Find what changes the HTTP connection manager of that sidecar (istioctl proxy-config listeners).",
          }
        : {
              resource: filters,
              where: `generate_request_id is false in the listener of Pod ${fullName(pod)}, because of a patch`,
              cure: `Remove generate_request_id from ${filters}.`,
          };
}
