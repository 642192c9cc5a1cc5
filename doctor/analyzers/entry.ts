import type { Evidence } from "../evidence";
import { fullName, sidecarOf } from "../inventory/mesh";
import type { DoctorFinding, Judgement } from "../segments";
import { sourceBypassed } from "./sidecar/bypassed";
import { missingSidecar } from "./sidecar/injection";
import type { SidecarEvidence } from "../evidence/sidecar";
import type { ServiceObject } from "../../shared/kubernetes/objects";
import { isOf } from "../evidence/traceStructure";
import { itemsOf } from "../../shared/cluster/facts";
import { draftFor, ok, unknown, type Draft } from "./draft";
import { blockingNetworkPolicies } from "./networkPolicies";

/** Whether the request enters the sidecar of the source's pod. */
export function judgeEntry(evidence: Evidence): Judgement {
    const { path, probes } = evidence;
    const values = {
        source: `Pod ${fullName(path.source)}`,
        request: `${evidence.client} ${path.url}`,
        answers: probes
            .map(({ answer }) => (answer.status === 0 ? answer.error || "none" : String(answer.status)))
            .join(", "),
    };
    const make = draftFor("entry");
    if (sidecarOf(path.source) === undefined) {
        return { state: "broken", values, findings: [make(missingSidecar(path.source, evidence, values))] };
    }
    if (isUnresolved(evidence)) {
        const finding: DoctorFinding = make({
            id: "name-unresolved",
            resource: path.url,
            expected: "a host name that the source's pod can resolve",
            got: probes[0]?.answer.error ?? "",
            cure: path.service === undefined ? NO_SERVICE : noDns(path.service),
            ...(path.service !== undefined && dnsDenied(evidence)),
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    const bypassed = sourceBypassed(evidence, values);
    if (bypassed !== undefined) return { state: "broken", values, findings: [make(bypassed)] };
    return hasLeft(evidence) ? ok(values) : unknown("no evidence that the request passed the source's sidecar", values);
}

const DNS_PORT = 53;
const NO_SERVICE = "Correct the host of the request (--to), or create the Service of that name.";

/** The cluster has the Service, so its DNS server does not tell the pod. */
function noDns({ metadata: { name, namespace = "" } }: ServiceObject): string {
    return (
        `Service ${namespace}/${name} exists, so the cluster's DNS server, or the connection to it, is at fault. ` +
        "Check that the server has ready pods (kubectl get pods,endpointslices -n kube-system -l k8s-app=kube-dns), " +
        "that nothing blocks port 53, and the dnsPolicy of the source's pod."
    );
}

/** A NetworkPolicy that lets the source's pod reach no pod of the cluster's DNS server. */
function dnsDenied(evidence: Evidence): Partial<Draft> | undefined {
    const { path, discovery, probes } = evidence;
    const servers = itemsOf(discovery.pods).filter(
        ({ metadata }) => metadata.namespace === "kube-system" && metadata.labels?.["k8s-app"] === "kube-dns",
    );
    const denied = servers.map((to) =>
        blockingNetworkPolicies({ from: path.source, to, port: DNS_PORT, protocol: "UDP", what: "dns" }, evidence),
    );
    const [first] = denied;
    if (first === undefined || denied.includes(undefined)) return undefined;
    return { ...first, got: `${probes[0]?.answer.error ?? ""}; ${first.got}` };
}

/** True for a span of the source's sidecar, a line in its log, or a request that it counted. */
function hasLeft({ path, probes, source, logLines }: Evidence): boolean {
    const spans = probes.flatMap(({ trace }) => trace?.spans ?? []);
    if (spans.some((span) => isOf(span, path.source))) return true;
    if ((logLines[fullName(path.source)] ?? []).length > 0) return true;
    return source !== undefined && hasSent(source, path.port);
}

/** True if a cluster for the port, or the passthrough cluster, counted requests during the probe. */
function hasSent({ before, after }: SidecarEvidence, port: number): boolean {
    if ("failure" in before || "failure" in after) return false;
    const names = Object.keys(after.value.clusters).filter(
        (name) => name.startsWith(`outbound|${String(port)}|`) || name === "PassthroughCluster",
    );
    return names.some(
        (name) => (after.value.clusters[name]?.["rq_total"] ?? 0) > (before.value.clusters[name]?.["rq_total"] ?? 0),
    );
}

/** True if the source's pod cannot resolve the host of the URL. */
export function isUnresolved({ probes }: Evidence): boolean {
    return probes.every(({ answer }) => answer.unresolved);
}
