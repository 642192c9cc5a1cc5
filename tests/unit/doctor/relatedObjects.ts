import type { EventObject, RelatedObjects } from "../../../doctor/evidence/relatedObjects";
import type { SpecObject } from "../../../shared/kubernetes/objects";

/** Objects around a path, of which a test names some. */
export function relatedObjects(some: { [Key in keyof RelatedObjects]?: unknown[] }): RelatedObjects {
    const { workloads = [], events = [], autoscalers = [], networkPolicies = [], crashes = [] } = some;
    const found: Record<keyof RelatedObjects, unknown> = {
        ...{ workloads: { value: workloads }, events: { value: events }, autoscalers: { value: autoscalers } },
        ...{ networkPolicies: { value: networkPolicies }, crashes },
    };
    return found as RelatedObjects;
}

/** A HorizontalPodAutoscaler of Jaeger's Deployment; KEDA's if a ScaledObject made it. */
export function autoscaler(spec: object, scaledObject?: string): SpecObject {
    const owner = { kind: "ScaledObject", name: scaledObject ?? "" };
    return {
        metadata: {
            ...{ name: "jaeger", namespace: "istio-system" },
            ...(scaledObject !== undefined && { ownerReferences: [owner] }),
        },
        spec: { scaleTargetRef: { kind: "Deployment", name: "jaeger" }, maxReplicas: 3, ...spec },
    };
}

/** A warning about an object of the collector's namespace. */
export function warning(kind: string, name: string, reason: string, message: string): EventObject {
    const metadata = { name: `${name}.1`, namespace: "istio-system" };
    return { metadata, involvedObject: { kind, name }, reason, message, lastTimestamp: "2026-01-01T00:00:00Z" };
}
