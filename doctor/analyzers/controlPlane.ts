import { revisionOf } from "../../checks/mesh/controlPlane";
import { itemsOf } from "../../shared/cluster/facts";
import type { Evidence } from "../evidence";
import { fullName } from "../inventory/mesh";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";

/** A control plane of the path without a ready pod: what is changed now reaches no sidecar. */
export function controlPlaneDown({ discovery, mesh }: Evidence): DoctorFinding[] {
    const istiod = itemsOf(discovery.istiods).find(
        (one) => one.metadata.namespace === mesh.namespace && revisionOf(one) === mesh.revision,
    );
    // Kubernetes leaves out the count of zero, but not the whole status.
    if (istiod?.status === undefined || (istiod.status.readyReplicas ?? 0) > 0) return [];
    const { name, namespace = "" } = istiod.metadata;
    const off = istiod.spec?.replicas === 0;
    return [
        draftFor("sidecar")({
            id: "istiod-not-ready",
            severity: "warning",
            resource: `Deployment ${fullName(istiod)}`,
            expected: "at least one ready istiod, which sends the configuration to the sidecars",
            got:
                `none${off ? ", because replicas is 0" : ""}: sidecars keep their current configuration, regardless ` +
                "of later changes to objects, and new pods do not start",
            cure: off
                ? "Scale istiod up."
                : `Find out why its pods are not ready: kubectl describe pods -n ${namespace} -l app=istiod`,
            commands: off
                ? [
                      { verb: "scale", workload: `deployment/${name}`, namespace, replicas: 1 },
                      { verb: "await", workload: `deployment/${name}`, namespace },
                  ]
                : [],
            values: {},
        }),
    ];
}
