import { tlsMode } from "../../../checks/mesh/destinationRules";
import { decidingMtls, type DecidingMtls } from "../../../checks/mesh/strictMtls";
import { resourceName } from "../../../shared/kubernetes/manifest";
import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import { fullServiceName } from "../../../shared/kubernetes/services";
import type { Evidence } from "../../evidence";
import { ruleInUse } from "../../inventory/destinationRules";
import { toManifests } from "../../inventory/manifests";
import { fullName, sidecarOf } from "../../inventory/mesh";
import { tlsPath } from "../export/tls";
import { patchCommand } from "../../remediation/commands";
import { targetPort } from "../sidecar/filterChain";
import type { Cause } from "./cause";

/** The DestinationRule that the source's sidecar uses for the requested host. */
export function ruleOfTarget({ path: { service, source }, mesh, discovery }: Evidence): SpecObject | undefined {
    if (service === undefined) return undefined;
    const called = { host: fullServiceName(service, mesh.clusterDomain), home: service.metadata.namespace };
    return ruleInUse(called, source.metadata, { mesh, discovery });
}

/** What the pods of the target accept. */
interface Accepted {
    pod: PodObject;
    /** Undefined for a pod without a sidecar, which accepts plain text. */
    mtls: { decidedBy: DecidingMtls | undefined } | undefined;
}

/** A rule that makes sidecars use a TLS mode that the target does not accept. */
export function otherTls(rule: SpecObject, evidence: Evidence): Cause | undefined {
    const { path } = evidence;
    const mode = tlsMode({ ...rule }, path.port);
    if (mode === undefined) return undefined;
    for (const accepted of path.targets.map((pod) => acceptedBy(pod, evidence))) {
        const problem = problemOf(mode, accepted);
        if (problem === undefined) continue;
        const { says, right } = problem;
        return {
            resource: `DestinationRule ${fullName(rule)}`,
            got: `tls mode ${mode}, but Pod ${fullName(accepted.pod)} accepts only ${says}`,
            cure:
                `Set mode ${right} in the rule, or remove tls from it: sidecars detect by themselves what the target accepts.` +
                (accepted.mtls?.decidedBy?.mode === "DISABLE"
                    ? " If the target is meant to accept the mesh's own TLS, correct the PeerAuthentication instead."
                    : ""),
            // Without another field the server would refuse what is left of the rule.
            commands: [
                patchCommand("destinationrule", rule, [
                    { op: "replace", path: tlsPath(rule, path.port), value: { mode: right } },
                ]),
            ],
        };
    }
    return undefined;
}

function acceptedBy(pod: PodObject, { path, mesh, discovery }: Evidence): Accepted {
    if (sidecarOf(pod) === undefined) return { pod, mtls: undefined };
    const { namespace = "", labels = {} } = pod.metadata;
    const pods = { labels, namespace, rootNamespace: mesh.rootNamespace };
    // Ports of a PeerAuthentication are those of pods.
    const port = targetPort(pod, path) ?? path.port;
    return { pod, mtls: { decidedBy: decidingMtls(toManifests(discovery), pods, port) } };
}

function problemOf(mode: string, { mtls }: Accepted): { says: string; right: string } | undefined {
    const isMesh = mode === "ISTIO_MUTUAL";
    if (mtls === undefined)
        return isMesh ? { says: "plain text, because it has no sidecar", right: "DISABLE" } : undefined;
    const { decidedBy } = mtls;
    const because =
        decidedBy === undefined ? "" : `, because of ${resourceName(decidedBy.rule)} (mode ${decidedBy.mode})`;
    if (decidedBy?.mode === "DISABLE")
        return mode === "DISABLE" ? undefined : { says: `plain text${because}`, right: "DISABLE" };
    if (isMesh) return undefined;
    if (decidedBy?.mode === "STRICT") return { says: `the mesh's own TLS${because}`, right: "ISTIO_MUTUAL" };
    return mode === "DISABLE"
        ? undefined
        : { says: `the mesh's own TLS or plain text${because}`, right: "ISTIO_MUTUAL" };
}
