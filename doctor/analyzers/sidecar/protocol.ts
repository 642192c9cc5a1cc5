import { protocolOf } from "../../../checks/mesh/servicePorts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { fullName } from "../../inventory/mesh";
import { isHttp } from "../../probe/defaultPath";
import { markPort } from "../../remediation/servicePort";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { filtersWithoutHttp } from "./envoyFilters";
import { portTakenForTcp } from "./portsOfSidecarResource";

/** A port that Istio treats as TCP, without spans, by a Sidecar resource, a filter or its Service. */
export function takenForTcp(
    { pod }: SidecarEvidence,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { path, probes } = evidence;
    const { service, port } = path;
    if (path.url.startsWith("https:")) return encrypted(path.url, values);
    const overridden = portTakenForTcp(pod, evidence, values);
    if (overridden !== undefined) return overridden;
    const index = service?.spec?.ports?.findIndex((candidate) => candidate.port === port) ?? -1;
    const served = service?.spec?.ports?.[index];
    const filters = filtersWithoutHttp(pod, evidence);
    if (served !== undefined && isHttp(served) && filters.length > 0) return httpTakenAway(pod, filters, port, values);
    const marks = [
        served?.name === undefined ? "no name" : `name ${served.name}`,
        ...(served?.appProtocol === undefined ? [] : [`appProtocol ${served.appProtocol}`]),
    ].join(", ");
    const isTls = served !== undefined && ["https", "tls"].includes(protocolOf(served) ?? "");
    const isPlain = isTls && probes.some(({ answer }) => answer.status > 0 && answer.status < 400);
    return draftFor("sidecar")({
        id: "service-port-protocol",
        resource: service === undefined ? `Pod ${fullName(pod)}` : `Service ${fullName(service)}`,
        expected: `port ${String(port)} marked as HTTP (appProtocol: http, or a name that starts with http)`,
        got: `${marks}${isPlain ? ", although it answers in plain HTTP" : ""}: sidecars treat it as TCP and create no spans`,
        cure: "Set appProtocol: http on that port (grpc for gRPC).",
        // A port that does not answer over HTTP may use another protocol, which the marking would break.
        commands:
            service === undefined || index < 0 || probes.every(({ answer }) => answer.status === 0)
                ? []
                : [markPort(service, index, "http")],
        values,
    });
}

/** A port that is marked correctly, but whose HTTP connection manager a filter removes. */
function httpTakenAway(pod: PodObject, filters: string[], port: number, values: Record<string, string>): DoctorFinding {
    return draftFor("sidecar")({
        id: "sidecar-not-tracing",
        resource: filters.join(", "),
        expected: `an HTTP connection manager in Pod ${fullName(pod)} for port ${String(port)}, which is marked as HTTP`,
        got: "none, because a patch with the operation REMOVE or REPLACE turns the port into TCP, without spans",
        cure: `Remove that patch from ${filters.join(", ")}.`,
        values,
    });
}

/** The application's own TLS passes a sidecar unchanged. */
function encrypted(url: string, values: Record<string, string>): DoctorFinding {
    return draftFor("sidecar")({
        id: "service-port-protocol",
        resource: url,
        expected: "plain HTTP between application and sidecar",
        got: "https, which sidecars cannot read, so they create no spans",
        cure: "Use http:// in the application. Sidecars encrypt the traffic between each other.",
        values,
    });
}
