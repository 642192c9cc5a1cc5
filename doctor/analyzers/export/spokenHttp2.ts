import { subjectOf, type Finding } from "../../../checks/finding";
import { describePort, isGrpcPort } from "../../../checks/mesh/servicePorts";
import type { TracingProvider } from "../../../checks/mesh/configuration";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { servedPort } from "../../../shared/kubernetes/services";
import { listAt, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { configMapOf, fullName } from "../../inventory/mesh";
import { patchCommand } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";
import { decisiveRule, ruleFor } from "./decisiveRule";
import { markPort } from "../../remediation/servicePort";

/** Istio's policy that turns HTTP/1.1 to a host into HTTP/2. */
const UPGRADE = "UPGRADE";

/**
 * Why sidecars use HTTP/2 for spans over HTTP, which a receiver of HTTP/1.1 rejects: the mark of the port, such as
 * `kubernetes.io/h2c`, or a policy that upgrades connections.
 */
export function spokenHttp2(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const cause = byService(collector) ?? byEntry(collector) ?? byRule(evidence, collector) ?? byMesh(evidence);
    return (
        cause &&
        draftFor("export")({
            id: "collector-port-http",
            expected: `HTTP/1.1 to port ${String(collector.port)}, at which the collector receives spans over HTTP`,
            ...cause,
            values,
        })
    );
}

type Cause = Pick<Draft, "resource" | "got" | "cure" | "commands">;

function byService({ service, port }: CollectorTarget): Cause | undefined {
    const served = servedPort(service, port);
    if (service === undefined || served === undefined || !isGrpcPort(served)) return undefined;
    const index = (service.spec?.ports ?? []).indexOf(served);
    return {
        resource: `Service ${fullName(service)}`,
        got: `port ${describePort(served)}, for which sidecars use HTTP/2`,
        cure: "Set appProtocol: http on that port.",
        commands: [markPort(service, index, "http")],
    };
}

function byEntry({ serviceEntry, port }: CollectorTarget): Cause | undefined {
    const ports = listAt(serviceEntry?.spec, "ports");
    const index = ports.findIndex(({ number }) => number === port);
    const protocol = textAt(ports[index], "protocol") ?? "";
    if (serviceEntry === undefined || !["GRPC", "HTTP2"].includes(protocol.toUpperCase())) return undefined;
    const path = `/spec/ports/${String(index)}/protocol`;
    return {
        resource: `ServiceEntry ${fullName(serviceEntry)}`,
        got: `port ${String(port)} with the protocol ${protocol}, for which sidecars use HTTP/2`,
        cure: "Set the port's protocol to HTTP.",
        commands: [patchCommand("serviceentry", serviceEntry, [{ op: "replace", path, value: "HTTP" }])],
    };
}

function byRule(evidence: Evidence, collector: CollectorTarget): Cause | undefined {
    const decisive = decisiveRule(evidence, collector, checkUpgrade);
    if (decisive === undefined) return undefined;
    const { finding, rule } = decisive;
    const path = "/spec/trafficPolicy/connectionPool/http/h2UpgradePolicy";
    const commands = [patchCommand("destinationrule", rule, [{ op: "replace", path, value: "DO_NOT_UPGRADE" }])];
    return { resource: finding.resource, got: finding.got, cure: finding.cure, commands };
}

function checkUpgrade(provider: TracingProvider, objects: Manifest[]): Finding[] {
    const found = ruleFor(provider, objects);
    const policy = mapAt(found?.rule, "spec", "trafficPolicy", "connectionPool", "http");
    if (found === undefined || policy["h2UpgradePolicy"] !== UPGRADE) return [];
    return [
        {
            ...{ id: "collector-port-http", severity: "error", ...subjectOf(found.rule) },
            expected: "HTTP/1.1",
            got: "connectionPool.http.h2UpgradePolicy UPGRADE, with which sidecars use HTTP/2",
            cure: "Set it to DO_NOT_UPGRADE, or exclude the collector with its own DestinationRule.",
        },
    ];
}

function byMesh({ mesh }: Evidence): Cause | undefined {
    if (textAt(mesh.config, "h2UpgradePolicy") !== UPGRADE) return undefined;
    return {
        resource: `ConfigMap ${configMapOf(mesh)}`,
        got: "h2UpgradePolicy UPGRADE, with which sidecars use HTTP/2 for every host",
        cure: "Exclude the collector with a DestinationRule with h2UpgradePolicy: DO_NOT_UPGRADE, or remove the field from the mesh configuration.",
        commands: [],
    };
}
