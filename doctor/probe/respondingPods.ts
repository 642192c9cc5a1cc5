import type { PodObject } from "../../shared/kubernetes/objects";
import type { ProbeRun } from "../evidence";
import { isOf } from "../evidence/traceStructure";
import type { ProbePath } from "./path";

/**
 * The pods that have answered the probes, as far as traces or the source's access log name them. A Service has many pods,
 * and a VirtualService leads to other ones.
 *
 * @param logged addresses in the access log of the source.
 */
export function respondingPods(
    { source }: ProbePath,
    probes: ProbeRun[],
    logged: string[],
    pods: PodObject[],
): PodObject[] {
    const spans = probes.flatMap(({ trace }) => trace?.spans ?? []);
    const sent = new Set(spans.filter((span) => isOf(span, source)).map(({ spanId }) => spanId));
    const received = spans.filter((span) => sent.has(span.parentSpanId) && !isOf(span, source));
    const addresses = new Set(logged);
    return pods.filter((pod) => {
        if (pod.metadata.uid === source.metadata.uid) return false;
        const named = pod.spec?.hostNetwork !== true && addresses.has(pod.status?.podIP ?? "");
        return named || received.some((span) => isOf(span, pod));
    });
}

/** The same path with the pods that it has led to; a rule may lead all requests elsewhere, or some of them. */
export function pathTaken(path: ProbePath, responding: PodObject[]): ProbePath {
    const others = responding.filter((pod) => !path.targets.includes(pod));
    if (others.length === 0) return path;
    return { ...path, targets: others.length === responding.length ? others : [...path.targets, ...others] };
}
