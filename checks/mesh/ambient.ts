import type { ClusterObject } from "../../shared/kubernetes/objects";
import { at, type PlainObject } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";

/** What can be had of ambient workloads. */
const CURE =
    "ztunnel forwards connections and creates no spans: in an ambient mesh, only waypoints and gateways report " +
    "spans. To trace every hop, use sidecars: remove istio.io/dataplane-mode from the namespace and let this program " +
    "label it for injection";

/**
 * Reports a mesh that also serves ambient workloads. It is traced only where it has sidecars, which people must want.
 *
 * @param resource its ConfigMap, for the report.
 * @param values those of Istio's chart.
 * @param sidecarsOnly true if that is what people want.
 */
export function checkAmbientMesh(resource: string, values: PlainObject, sidecarsOnly: boolean): Finding[] {
    if (String(at(values, "env", "PILOT_ENABLE_AMBIENT")) !== "true") return [];
    return [
        {
            id: "mesh-ambient",
            severity: sidecarsOnly ? "warning" : "error",
            resource,
            expected: "a mesh with sidecars",
            got: "a mesh that also serves ambient workloads (PILOT_ENABLE_AMBIENT)",
            cure: sidecarsOnly
                ? CURE
                : `${CURE}. Then let the program trace the workloads with sidecars: pulumi config set --path ` +
                  "istio.ambient sidecarsOnly",
        },
    ];
}

/** Reports a namespace whose pods are ambient: they get no sidecar, whatever other labels say. */
export function checkNotAmbient(namespace: ClusterObject | undefined): Finding[] {
    const mode = namespace?.metadata.labels?.["istio.io/dataplane-mode"];
    if (namespace === undefined || mode !== "ambient") return [];
    return [
        {
            id: "namespace-ambient",
            severity: "error",
            resource: `Namespace ${namespace.metadata.name}`,
            expected: "a namespace whose pods get sidecars",
            got: "istio.io/dataplane-mode=ambient",
            cure: CURE,
        },
    ];
}
