import { stringify } from "yaml";
import type { MeshConfigObject } from "../../checks/meshObjects";
import type { Mesh } from "../mesh";
import { applyCommand } from "./make";

/** Puts a changed mesh configuration in place; istiod takes it at once, the next upgrade of its installer overwrites it. */
export function meshConfigCommand(mesh: Mesh, change: (config: MeshConfigObject) => MeshConfigObject): string {
    const [namespace = "", name = ""] = mesh.configMap.split("/");
    const text = stringify(change(structuredClone(mesh.config)), { lineWidth: 0 });
    const patch = JSON.stringify({ data: { mesh: text } }).replaceAll("'", "'\\''");
    return `kubectl patch configmap ${name} -n ${namespace} --type=merge -p '${patch}'`;
}

/** Says where the mesh configuration is kept, for whoever installed Istio in which way. */
export function meshConfigCure(what: string): string {
    return (
        `${what}: in Helm values or an IstioOperator under meshConfig. The command below changes it at once, ` +
        "until the next upgrade of Istio."
    );
}

/** The one Telemetry that a mesh needs. */
export function telemetryCommand(mesh: Mesh, provider: string, name = "mesh-default"): string {
    return applyCommand(
        stringify({
            apiVersion: "telemetry.istio.io/v1",
            kind: "Telemetry",
            metadata: { name, namespace: mesh.rootNamespace },
            spec: { tracing: [{ providers: [{ name: provider }], randomSamplingPercentage: 100 }] },
        }),
    );
}
