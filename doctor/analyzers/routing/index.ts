import type { Evidence } from "../../evidence";
import { describeFlags } from "../../evidence/responseFlags";
import { fullName, listNames, sidecarOf } from "../../inventory/mesh";
import type { Judgement } from "../../segments";
import { isOf } from "../../evidence/traceStructure";
import { podsBehind } from "../../inventory/collector";
import { endpointsCure } from "../../remediation/endpoints";
import type { ServiceObject } from "../../../shared/kubernetes/objects";
import { hasCounted, targetBypassed } from "../sidecar/bypassed";
import { missingSidecar } from "../sidecar/injection";
import { isUnresolved } from "../entry";
import { answeredElsewhere } from "./answeredElsewhere";
import { draftFor, ok, unknown } from "../draft";
import { emptyDestination } from "./emptyDestinations";
import { rateLimited } from "./limited";
import { requestFailed } from "./requestFailed";

const make = draftFor("routing");

/** Whether the request reaches a pod of the mesh that answers it. */
export function judgeRouting(evidence: Evidence): Judgement {
    const { path, probes, logLines, responseFlags: flags } = evidence;
    const values: Record<string, string> = {
        target: path.service === undefined ? path.url : `Service ${fullName(path.service)}:${String(path.port)}`,
        pods: listNames(path.targets) || "none ready",
        answers: probes
            .map(({ answer }) => (answer.status === 0 ? answer.error || "none" : String(answer.status)))
            .join(", "),
    };
    for (const [pod, lines] of Object.entries(logLines)) if (lines[0] !== undefined) values[`log of ${pod}`] = lines[0];
    if (isUnresolved(evidence)) return unknown("the name was not resolved", values);
    const failed = probes.filter(({ answer }) => answer.status === 0 || answer.status >= 500);
    const empty = failed.length > 0 ? emptyDestination(evidence) : undefined;
    if (empty !== undefined) {
        const finding = make({
            ...{ id: "route-no-endpoints", expected: "a route to pods that can answer", ...empty, values },
            got: `${values["answers"] ?? ""}${flags === undefined ? "" : `, response flags ${describeFlags(flags)}`}: ${empty.got}`,
        });
        return { state: "broken", values, findings: [finding] };
    }
    const elsewhere = answeredElsewhere(evidence, values);
    if (elsewhere !== undefined) return { state: "broken", values, findings: [elsewhere] };
    // The pods of a Service without a selector are unknown, and it can answer without pods.
    if (path.service !== undefined && path.targets.length === 0 && failed.length > 0) {
        const finding = make({
            id: "target-no-endpoints",
            resource: `Service ${fullName(path.service)}`,
            expected: "at least one ready pod behind it",
            got: `no ready pod; answers: ${values["answers"] ?? ""}`,
            cure: `Start its pods. See them: kubectl get pods -n ${path.service.metadata.namespace ?? ""}`,
            values,
            ...withoutPods(evidence, path.service),
        });
        return { state: "broken", values, findings: [finding] };
    }
    const ports = path.service?.spec?.ports ?? [];
    if (failed.length > 0 && ports.length > 0 && !ports.some(({ port }) => port === path.port)) {
        const finding = make({
            id: "target-port-missing",
            resource: values["target"] ?? "",
            expected: `a port that the Service has: ${ports.map(({ port }) => String(port)).join(", ")}`,
            got: `port ${String(path.port)}; answers: ${values["answers"] ?? ""}`,
            cure: "Correct the port in --to, or add that port to the Service.",
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    const unanswered = requestFailed(evidence, values);
    if (unanswered?.severity === "error") return { state: "broken", values, findings: [unanswered] };
    const bare = path.targets.find((pod) => sidecarOf(pod) === undefined);
    if (bare !== undefined) {
        return { state: "broken", values, findings: [make(missingSidecar(bare, evidence, values))] };
    }
    const bypassed = targetBypassed(evidence, values);
    if (bypassed !== undefined) return { state: "broken", values, findings: [make(bypassed)] };
    return hasArrived(evidence)
        ? {
              ...ok(values),
              findings: [...(unanswered === undefined ? [] : [unanswered]), ...rateLimited(evidence, values)],
          }
        : unknown("no evidence that a sidecar of the target received the request", values);
}

/** Why the target's Service has no ready pod, if the objects around it were read. */
function withoutPods(
    evidence: Evidence,
    service: ServiceObject,
): ReturnType<typeof endpointsCure> | Record<string, never> {
    const { relatedObjects, path, discovery } = evidence;
    if (relatedObjects === undefined) return {};
    const pods = podsBehind(service, discovery);
    return endpointsCure(evidence, { service, pods, port: path.port }, relatedObjects.workloads);
}

/**
 * True for a span of the target's sidecar, a line in its log, or a request that it counted, or if the target has no
 * sidecar.
 */
function hasArrived({ path, probes, targets, logLines }: Evidence): boolean {
    if (targets.length === 0) return true;
    const spans = probes.flatMap(({ trace }) => trace?.spans ?? []);
    if (spans.some((span) => path.targets.some((pod) => isOf(span, pod)))) return true;
    return targets.some((target) => (logLines[fullName(target.pod)] ?? []).length > 0 || hasCounted(target));
}
