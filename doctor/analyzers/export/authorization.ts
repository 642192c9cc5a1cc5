import { denialsOf, type AuthorizedRequest } from "../../../checks/mesh/authorization";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { toManifests } from "../../inventory/manifests";
import { describeCaller, identityOf, sidecarOf } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { servedPort } from "../../../shared/kubernetes/services";
import { draftFor } from "../draft";
import { admit } from "../../remediation/authorization";

/** AuthorizationPolicies that reject a sidecar's spans at a collector with a sidecar. */
export function judgePolicies(
    sender: PodObject,
    plain: boolean,
    { mesh, discovery }: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const pod = collector.pods.find((candidate) => sidecarOf(candidate) !== undefined);
    const { service } = collector;
    if (pod === undefined || service === undefined) return undefined;
    const target = servedPort(service, collector.port)?.targetPort;
    const port = typeof target === "number" ? target : collector.port;
    const namespace = pod.metadata.namespace ?? "";
    const path = collector.path.replace(/\?.*$/s, "");
    const from = plain ? undefined : identityOf(sender, mesh);
    const request: AuthorizedRequest = { from, port, method: "POST", path };
    const objects = toManifests(discovery);
    const receiver = { labels: pod.metadata.labels ?? {}, namespace, rootNamespace: mesh.rootNamespace };
    const denials = denialsOf(objects, request, receiver);
    const [first] = denials;
    if (first === undefined) return undefined;
    return draftFor("export")({
        id: "collector-authorization",
        resource: denials.map(({ resource }) => resource).join(", "),
        expected: `policies that allow sidecars to send spans to port ${String(port)}`,
        got: `${first.got}: rejects POST ${path} at port ${String(port)} from ${describeCaller(from)}`,
        cure:
            first.action === "DENY"
                ? "Exclude the collector's port from that rule. DENY takes precedence over every policy that allows."
                : "Allow workloads of the mesh at that port. Rules of several policies add up.",
        commands: admit(objects, request, receiver, {
            name: `${service.metadata.name}-spans`,
            labels: service.spec?.selector ?? {},
            principals: plain ? undefined : ["*"],
        }),
        values,
    });
}
