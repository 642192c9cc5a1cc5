import {
    byAge,
    isNamespaceWide,
    type MeshConfigObject,
    type TelemetryObject,
    type TracingBlock,
} from "../../checks/mesh/objects";
import { isSecretName, isSecretText } from "../../checks/telemetry/secretHeaders";
import { itemsOf } from "../../shared/cluster/facts";
import { isPlainObject } from "../../shared/values/plainObjects";
import type { Evidence } from "../evidence";
import type { Mesh } from "../inventory/mesh";
import { applyCommand, patchCommand, quote, toYaml } from "./commands";

/**
 * Puts a changed mesh configuration in place; istiod takes it at once, the next upgrade of its installer overwrites it.
 * Refused by the server when somebody changed it since it was read. Where it holds a credential it is not printed.
 */
export function meshConfigCommand(mesh: Mesh, change: (config: MeshConfigObject) => MeshConfigObject): string {
    const { namespace, name } = mesh.configMap;
    if (mesh.written?.problem !== undefined) {
        return `kubectl edit configmap ${name} -n ${namespace} # by hand: istiod refuses what is written there`;
    }
    if (holdsSecret(mesh.config)) {
        return `kubectl edit configmap ${name} -n ${namespace} # by hand: it holds a credential, which is not shown here`;
    }
    const { resourceVersion } = mesh;
    const text = toYaml(change(structuredClone(mesh.config)));
    const patch = JSON.stringify({ metadata: { resourceVersion }, data: { mesh: text } });
    return `kubectl patch configmap ${name} -n ${namespace} --type=merge -p ${quote(patch)}`;
}

/** A header with its value in plain text, or anything else that looks like a credential. */
function holdsSecret(value: unknown, key = ""): boolean {
    if (typeof value === "string") return isSecretName(key) || isSecretText(value);
    if (Array.isArray(value)) return value.some((item) => holdsSecret(item, key));
    if (!isPlainObject(value)) return false;
    if (typeof value["name"] === "string" && typeof value["value"] === "string") return true;
    return Object.entries(value).some(([name, item]) => holdsSecret(item, name));
}

/** Says where the mesh configuration is kept, for whoever installed Istio in which way. */
export function meshConfigCure(what: string): string {
    return (
        `${what}: in Helm values or an IstioOperator under meshConfig. The command below changes it at once, ` +
        "until the next upgrade of Istio."
    );
}

/**
 * The one Telemetry that a mesh needs: names the provider and a rate where the root namespace has none. Istio reads the
 * oldest one alone, so that is completed where there is one; what else it says stays.
 */
export function telemetryCommand({ mesh, discovery, cluster = discovery }: Evidence, provider: string): string {
    const inRoot = itemsOf(discovery.telemetries).filter(({ metadata }) => metadata.namespace === mesh.rootNamespace);
    const oldest = inRoot.filter(isNamespaceWide).sort(byAge)[0];
    const block = { providers: [{ name: provider }], randomSamplingPercentage: 100 };
    if (oldest !== undefined) return patchCommand("telemetry", oldest, completions(oldest, block));
    // Also one for another revision must not be overwritten.
    const taken = itemsOf(cluster.telemetries).some(
        ({ metadata }) => metadata.namespace === mesh.rootNamespace && metadata.name === "mesh-default",
    );
    return applyCommand({
        apiVersion: "telemetry.istio.io/v1",
        kind: "Telemetry",
        metadata: { name: taken ? "mesh-tracing" : "mesh-default", namespace: mesh.rootNamespace },
        spec: { tracing: [block] },
    });
}

/** What a Telemetry lacks of a block that is for both sides. */
function completions(
    { spec }: TelemetryObject,
    block: Required<Pick<TracingBlock, "providers" | "randomSamplingPercentage">>,
): unknown[] {
    if (spec === undefined) return [{ op: "add", path: "/spec", value: { tracing: [block] } }];
    const blocks = spec.tracing ?? [];
    if (blocks.length === 0) return [{ op: "add", path: "/spec/tracing", value: [block] }];
    const index = blocks.findLastIndex(({ match }) => (match?.mode ?? "CLIENT_AND_SERVER") === "CLIENT_AND_SERVER");
    if (index < 0) return [{ op: "add", path: "/spec/tracing/-", value: block }];
    const there = blocks[index];
    return Object.entries(block)
        .filter(([field]) =>
            field === "providers" ? (there?.providers ?? []).length === 0 : there?.randomSamplingPercentage == null,
        )
        .map(([field, value]) => ({ op: "add", path: `/spec/tracing/${String(index)}/${field}`, value }));
}
