import { nameOf, refOf, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import { mapAt, textAt } from "../../shared/values/plainObjects";
import { podLabelsOf } from "../mesh/operatorServices";
import type { PodTemplate } from "../workload/podTemplates";

/**
 * The pods that the OpenTelemetry operator makes from an OpenTelemetryCollector: their labels, annotations, service
 * account and end, without containers. Undefined for other objects, and for a collector that it adds to pods of others.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-operator (internal/manifests/collector)
 */
export function operatedPodsOf(object: Manifest): PodTemplate | undefined {
    const labels = podLabelsOf(object);
    if (labels === undefined) return undefined;
    const given = mapAt(object, "spec");
    const { terminationGracePeriodSeconds, hostNetwork } = given;
    return {
        ...{ resource: resourceName(object), object: refOf(object) },
        namespace: textAt(object, "metadata", "namespace"),
        metadata: {
            labels: { ...mapAt(object, "metadata", "labels"), ...labels },
            annotations: mapAt(given, "podAnnotations"),
        },
        spec: {
            serviceAccountName: textAt(given, "serviceAccount") ?? `${nameOf(object)}-collector`,
            ...(terminationGracePeriodSeconds !== undefined && { terminationGracePeriodSeconds }),
            ...(hostNetwork !== undefined && { hostNetwork }),
        },
    };
}
