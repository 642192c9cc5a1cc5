import { fullServiceName } from "../../../shared/kubernetes/services";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { coversHost, egressOf, sidecarResourceOf } from "../../inventory/sidecarEgress";
import { draftFor } from "../draft";
import { notExported } from "../export/visibility";
import { patchCommand } from "../../remediation/commands";

/** What hides the requested port from the source's sidecar, so that it creates no span. */
export function targetHidden(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { service, port, source } = evidence.path;
    const unseen = service && notExported(source, evidence, { service });
    if (service === undefined || unseen === undefined) return hiddenBySidecar(evidence, values);
    return draftFor("sidecar")({
        id: "target-not-visible",
        resource: `Service ${fullName(service)}`,
        expected: `port ${String(port)} of that Service in the sidecar of Pod ${fullName(source)}, which calls it`,
        got: "none",
        cure: "Make it visible.",
        ...unseen,
        values,
    });
}

/** A Sidecar resource that leaves the requested port out. */
function hiddenBySidecar(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { path, mesh } = evidence;
    const { service, port, source } = path;
    const sidecar = sidecarResourceOf(source, evidence);
    if (service === undefined || sidecar === undefined) return undefined;
    const { namespace = "" } = service.metadata;
    const host = fullServiceName(service, mesh.clusterDomain);
    const egress = egressOf(sidecar);
    const known = { host, namespace, port };
    if (egress.length === 0 || egress.some((listener) => coversHost(listener, known, source))) return undefined;
    const open = egress.findIndex((listener) => listener.port === undefined);
    const value = namespace === source.metadata.namespace ? `./${host}` : `${namespace}/${host}`;
    const hosts = egress.flatMap((listener) =>
        (listener.hosts ?? []).map((one) =>
            listener.port?.number === undefined ? one : `${one} at ${String(listener.port.number)}`,
        ),
    );
    return draftFor("sidecar")({
        id: "target-not-visible",
        resource: `Sidecar ${fullName(sidecar)}`,
        expected: `egress to ${host} at port ${String(port)}, which the source calls`,
        got:
            `egress only to ${hosts.join(", ") || "nothing"}, so the source's sidecar has no listener for the port ` +
            "and creates no span",
        cure: "Add the host to its egress hosts, in an entry without a port or with that port.",
        commands: [
            patchCommand("sidecars.networking.istio.io", sidecar, [
                open < 0
                    ? { op: "add", path: "/spec/egress/-", value: { hosts: [value] } }
                    : { op: "add", path: `/spec/egress/${String(open)}/hosts/-`, value },
            ]),
        ],
        values,
    });
}
