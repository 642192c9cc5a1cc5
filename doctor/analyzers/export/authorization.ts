import { denialsOf } from "../../../checks/mesh/authorization";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { toManifests } from "../../inventory/manifests";
import { identityOf, sidecarOf } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { itemsOf } from "../../../shared/cluster/facts";
import { servedPort } from "../../../shared/kubernetes/services";
import { draftFor } from "../draft";
import { applyCommand, unusedName } from "../../remediation/commands";

/** The path of each kind of exporter. */
const PATHS: Record<string, string> = {
    grpc: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    opentelemetry: "/v1/traces",
    zipkin: "/api/v2/spans",
};

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
    const denials = denialsOf(
        toManifests(discovery),
        {
            from: plain ? undefined : identityOf(sender, mesh),
            ...{ port, method: "POST", path: PATHS[collector.grpc ? "grpc" : collector.kind] },
        },
        { labels: pod.metadata.labels ?? {}, namespace, rootNamespace: mesh.rootNamespace },
    );
    const [first] = denials;
    if (first === undefined) return undefined;
    const letIn = applyCommand({
        apiVersion: "security.istio.io/v1",
        kind: "AuthorizationPolicy",
        metadata: {
            name: unusedName(`${service.metadata.name}-spans`, namespace, itemsOf(discovery.authorizationPolicies)),
            namespace,
        },
        spec: {
            selector: { matchLabels: service.spec?.selector ?? {} },
            rules: [
                {
                    from: [{ source: { principals: ["*"] } }],
                    to: [{ operation: { ports: [String(port)] } }],
                },
            ],
        },
    });
    return draftFor("export")({
        id: "collector-authorization",
        resource: denials.map(({ resource }) => resource).join(", "),
        expected: `policies that allow sidecars to send spans to port ${String(port)}`,
        got: first.got,
        cure:
            first.action === "DENY"
                ? "Exclude the collector's port from that rule. DENY takes precedence over every policy that allows."
                : "Allow workloads of the mesh at that port. Rules of several policies add up.",
        commands: first.action === "DENY" ? [] : [letIn],
        values,
    });
}
