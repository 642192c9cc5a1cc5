import type { Evidence } from "../../evidence";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { fullName } from "../../inventory/mesh";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { isOf } from "../../evidence/traceStructure";
import type { Command } from "../../remediation/commands";
import type { Draft } from "../draft";
import { rollableOf } from "../../inventory/workload";
import { leftOutByValues } from "./captured";
import { chainOf } from "./filterChain";
import { templateCommands } from "./injection";

/**
 * A source whose requests bypass its sidecar. A sidecar would add its span between the probe's and the target's, but
 * the target received the probe's context unchanged.
 */
export function sourceBypassed(evidence: Evidence, values: Record<string, string>): Draft | undefined {
    const { source, path, probes } = evidence;
    if (source === undefined || "failure" in source.listeners) return undefined;
    // Without a tracer, a sidecar propagates the context unchanged.
    if (chainOf(source, source.listeners.value.chains, evidence)?.tracing === undefined) return undefined;
    const direct = probes.every(({ trace, answer }) => {
        const first = trace?.spans.find(({ parentSpanId }) => parentSpanId === answer.spanId);
        return first !== undefined && path.targets.some((pod) => isOf(first, pod));
    });
    return direct
        ? bypassed(path.source, "outbound", "the target received the probe's own context, unchanged", evidence, values)
        : undefined;
}

/** A target whose requests bypass its sidecar, which counted none of the answered requests. */
export function targetBypassed(evidence: Evidence, values: Record<string, string>): Draft | undefined {
    const { path, probes, targets } = evidence;
    const answered = probes.every(({ answer }) => answer.status >= 200 && answer.status < 400);
    const [first] = targets;
    if (!answered || first === undefined || targets.length < path.targets.length) return undefined;
    if (probes.some(({ trace }) => trace?.spans.some((span) => path.targets.some((pod) => isOf(span, pod)))))
        return undefined;
    const asleep = targets.every(({ before, after }) => {
        if ("failure" in before || "failure" in after) return false;
        return inboundRequests(before.value.clusters) === inboundRequests(after.value.clusters);
    });
    return asleep
        ? bypassed(first.pod, "inbound", "it answered, but its sidecar counted no request", evidence, values)
        : undefined;
}

/** True for a sidecar that received requests during the probe. */
export function hasCounted({ before, after }: SidecarEvidence): boolean {
    if ("failure" in before || "failure" in after) return false;
    return inboundRequests(before.value.clusters) !== inboundRequests(after.value.clusters);
}

function inboundRequests(clusters: Record<string, Record<string, number>>): number {
    const inbound = Object.entries(clusters).filter(([name]) => name.startsWith("inbound|"));
    return inbound.reduce((sum, [, counts]) => sum + (counts["rq_total"] ?? 0), 0);
}

function bypassed(
    pod: PodObject,
    direction: "inbound" | "outbound",
    got: string,
    evidence: Evidence,
    values: Record<string, string>,
): Draft {
    const leftOut = leftOutByValues(pod, direction, evidence);
    const about = {
        id: "sidecar-bypassed",
        resource: `Pod ${fullName(pod)}`,
        expected: `${direction} requests that go through its sidecar`,
        values,
    };
    if (leftOut !== undefined) return { ...about, ...leftOut, got: `${got}: ${leftOut.got}` };
    const found = Object.entries(pod.metadata.annotations ?? {}).filter(([name]) =>
        name.startsWith("traffic.sidecar.istio.io/"),
    );
    const annotations = found.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    const ofDirection = found.filter(([name]) => name.toLowerCase().includes(direction)).map(([name]) => name);
    return {
        ...about,
        got: annotations.length === 0 ? got : `${got}; annotations ${annotations.join(", ")}`,
        cure:
            (annotations.length > 0
                ? `Remove the ports and addresses of ${direction} requests from the pod template's annotations traffic.sidecar.istio.io/*.`
                : "No annotation of the pod explains this. Check whether the installation of Istio excludes ports " +
                  "or addresses (global.proxy of its values).") +
            " An application that runs as user 1337 or in the node's network also bypasses its sidecar.",
        commands: withoutAnnotations(pod, ofDirection),
    };
}

const EXCLUDE = "traffic.sidecar.istio.io/excludeInboundPorts";
const INCLUDE = "traffic.sidecar.istio.io/includeInboundPorts";

/** Annotations by which requests to a port of a pod go around its sidecar. */
export function inboundPast({ metadata: { annotations = {} } }: PodObject, port: number): string[] {
    const listed = (name: string): string[] | undefined => annotations[name]?.split(",").map((one) => one.trim());
    const [excluded, included] = [listed(EXCLUDE) ?? [], listed(INCLUDE)];
    const names = (ports: string[]): boolean => ports.includes("*") || ports.includes(String(port));
    return [...(names(excluded) ? [EXCLUDE] : []), ...(included !== undefined && !names(included) ? [INCLUDE] : [])];
}

/** Removes annotations from the template of a pod's workload. */
export function withoutAnnotations(pod: PodObject, names: string[]): Command[] {
    const workload = rollableOf(pod);
    if (workload === undefined || names.length === 0) return [];
    return templateCommands(workload, pod, {
        metadata: { annotations: Object.fromEntries(names.map((name) => [name, null])) },
    });
}
