import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import { fullServiceName } from "../../../shared/kubernetes/services";
import { at, listAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import { coversHost, egressOf, sidecarResourceOf } from "../../inventory/sidecarEgress";
import { patchCommand } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { targetPort } from "./filterChain";

/** Protocols of a Sidecar's port with spans: https://istio.io/latest/docs/reference/config/networking/sidecar/#SidecarPort */
const HTTP = ["HTTP", "HTTP2", "GRPC", "GRPC-WEB"];

/** A Sidecar resource that gives the port of a request a protocol without spans, whatever the Service says. */
export function portTakenForTcp(
    pod: PodObject,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { path, source, mesh } = evidence;
    const sidecar = sidecarResourceOf(pod, evidence);
    if (sidecar === undefined) return undefined;
    const isSource = pod === source?.pod;
    const direction = isSource ? "egress" : "ingress";
    const port = isSource ? path.port : targetPort(pod, path);
    const index = port === undefined ? -1 : listenerOf(sidecar, direction, port);
    if (index < 0) return undefined;
    const { service } = path;
    const listener = egressOf(sidecar)[index];
    if (isSource && service !== undefined && listener !== undefined) {
        const host = fullServiceName(service, mesh.clusterDomain);
        const known = { host, namespace: service.metadata.namespace ?? "", port: path.port };
        if (!coversHost(listener, known, pod)) return undefined;
    }
    const field = `spec.${direction}[${String(index)}].port.protocol`;
    const protocol = textAt(listAt(sidecar.spec, direction)[index], "port", "protocol") ?? "none";
    return draftFor("sidecar")({
        id: "service-port-protocol",
        resource: `Sidecar ${fullName(sidecar)}`,
        expected: `port ${String(port)} of Pod ${fullName(pod)} as HTTP`,
        got: `${field} is ${protocol}, which overrides what the Service says: its sidecar creates no spans`,
        cure: `Set ${field} to HTTP (GRPC for gRPC).`,
        commands: [
            patchCommand("sidecars.networking.istio.io", sidecar, [
                { op: "replace", path: `/spec/${direction}/${String(index)}/port/protocol`, value: "HTTP" },
            ]),
        ],
        values,
    });
}

/** Index of the listener for a port with another protocol than HTTP; -1 without one. */
function listenerOf({ spec }: SpecObject, direction: "egress" | "ingress", port: number): number {
    return listAt(spec, direction).findIndex(
        (listener) =>
            at(listener, "port", "number") === port &&
            !HTTP.includes((textAt(listener, "port", "protocol") ?? "").toUpperCase()),
    );
}
