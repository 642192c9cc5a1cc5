import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { fullName } from "../../inventory/mesh";
import { isHttp } from "../../probe/defaultPath";
import { patchCommand } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { filtersWithoutHttp } from "./envoyFilters";

/** A Service port that Istio takes for TCP, where no spans are made. */
export function takenForTcp(
    { pod }: SidecarEvidence,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { path, probes } = evidence;
    const { service, port } = path;
    if (path.url.startsWith("https:")) return encrypted(path.url, values);
    const index = service?.spec?.ports?.findIndex((candidate) => candidate.port === port) ?? -1;
    const served = service?.spec?.ports?.[index];
    const filters = filtersWithoutHttp(pod, evidence);
    if (served !== undefined && isHttp(served) && filters.length > 0) return httpTakenAway(pod, filters, port, values);
    const marks = [
        served?.name === undefined ? "no name" : `name ${served.name}`,
        ...(served?.appProtocol === undefined ? [] : [`appProtocol ${served.appProtocol}`]),
    ].join(", ");
    return draftFor("sidecar")({
        id: "service-port-protocol",
        resource: service === undefined ? `Pod ${fullName(pod)}` : `Service ${fullName(service)}`,
        expected: `port ${String(port)} marked as HTTP (appProtocol: http, or a name that starts with http)`,
        got: `${marks}: sidecars take it for TCP, and make no spans`,
        cure: "Set appProtocol: http on that port (grpc for gRPC).",
        // What does not answer over HTTP may be another protocol, which the mark would break.
        commands:
            service === undefined || index < 0 || probes.every(({ answer }) => answer.status === 0)
                ? []
                : [
                      patchCommand("service", service, [
                          { op: "add", path: `/spec/ports/${String(index)}/appProtocol`, value: "http" },
                      ]),
                  ],
        values,
    });
}

/** A port that is marked rightly, and a filter that takes away what the mark brings. */
function httpTakenAway(pod: PodObject, filters: string[], port: number, values: Record<string, string>): DoctorFinding {
    return draftFor("sidecar")({
        id: "sidecar-not-tracing",
        resource: filters.join(", "),
        expected: `an HTTP connection manager in Pod ${fullName(pod)} for port ${String(port)}, which is marked as HTTP`,
        got: "none: a patch with the operation REMOVE or REPLACE leaves the port as TCP, where no spans are made",
        cure: `Take that patch out of ${filters.join(", ")}.`,
        values,
    });
}

/** TLS of the application's own passes a sidecar as it is. */
function encrypted(url: string, values: Record<string, string>): DoctorFinding {
    return draftFor("sidecar")({
        id: "service-port-protocol",
        resource: url,
        expected: "plain HTTP between application and sidecar",
        got: "https: no sidecar can look into it, and none makes spans",
        cure: "Let the application ask for http://; between each other sidecars encrypt by themselves.",
        values,
    });
}
