import { podAddresses, type PodObject } from "../../shared/kubernetes/objects";
import type { ProbeRun } from "../evidence";
import { isOf } from "../evidence/traceStructure";
import type { ProbePath } from "./path";

/**
 * The pods that answered the probes, from traces or the source's access log. A Service can have many pods, and a
 * VirtualService can route to others.
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
        const named = pod.spec?.hostNetwork !== true && podAddresses(pod).some((address) => addresses.has(address));
        return named || received.some((span) => isOf(span, pod));
    });
}

/** The same path with the pods that it reached. A rule may route all or some requests elsewhere. */
export function pathTaken(path: ProbePath, responding: PodObject[]): ProbePath {
    const others = responding.filter((pod) => !path.targets.includes(pod));
    if (others.length === 0) return path;
    return { ...path, targets: others.length === responding.length ? others : [...path.targets, ...others] };
}
