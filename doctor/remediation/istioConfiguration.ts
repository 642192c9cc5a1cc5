import { isPlainObject } from "../../shared/values/plainObjects";
import {
    byAge,
    isNamespaceWide,
    type MeshConfigObject,
    type TelemetryObject,
    type TracingBlock,
} from "../../checks/mesh/objects";
import { isSecretName, isSecretText } from "../../checks/telemetry/secretHeaders";
import { itemsOf } from "../../shared/cluster/facts";
import { proxyConfigOf, samplingOfPod } from "../inventory/collector";
import type { Evidence } from "../evidence";
import type { Mesh } from "../inventory/mesh";
import { applyCommand, patchCommand, unusedName, type Command, type Operation } from "./commands";

/**
 * Puts a changed mesh configuration in place; istiod takes it at once, the next upgrade of its installer overwrites it.
 * Refused by the server when somebody changed it since it was read. Where it holds a credential it is not printed.
 */
export function meshConfigCommand(mesh: Mesh, change: (config: MeshConfigObject) => MeshConfigObject): Command {
    const { configMap, resourceVersion, config: before } = mesh;
    const edit = { verb: "edit", kind: "configmap", object: configMap } as const;
    if (mesh.written?.problem !== undefined) return { ...edit, why: "refused" };
    if (holdsSecret(before)) return { ...edit, why: "credential" };
    return { verb: "setMesh", configMap, resourceVersion, before, after: change(structuredClone(before)) };
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
 * The one Telemetry that a mesh needs: names the provider where the root namespace has none. Istio reads the oldest one
 * alone, so that is completed where there is one; what else it says stays. A rate is written only where none is, and then
 * the one that counts anyway: how much is recorded is for people to decide.
 */
export function telemetryCommands(evidence: Evidence, provider: string): Command[] {
    const { mesh, discovery, cluster = discovery } = evidence;
    const inRoot = itemsOf(discovery.telemetries).filter(({ metadata }) => metadata.namespace === mesh.rootNamespace);
    const oldest = inRoot.filter(isNamespaceWide).sort(byAge)[0];
    // A rate of the mesh would be laid over those that pods or the mesh have by the former field.
    const rate = setsRateElsewhere(evidence) ? {} : { randomSamplingPercentage: rateWithout(evidence, provider) };
    const block: TracingBlock = { providers: [{ name: provider }], ...rate };
    if (oldest !== undefined) {
        const patch = completions(oldest, block);
        return patch.length === 0 ? [] : [patchCommand("telemetry", oldest, patch)];
    }
    // Also one for another revision must not be overwritten.
    const name = unusedName("mesh-default", mesh.rootNamespace, itemsOf(cluster.telemetries));
    const metadata = { name, namespace: mesh.rootNamespace };
    return [
        applyCommand({ apiVersion: "telemetry.istio.io/v1", kind: "Telemetry", metadata, spec: { tracing: [block] } }),
    ];
}

/** True where pods or the mesh have a rate by the former field, over which a Telemetry's would be laid. */
export function setsRateElsewhere({ discovery, mesh }: Evidence): boolean {
    const ofMesh = mesh.config.defaultConfig?.tracing?.sampling;
    return (
        ofMesh !== undefined ||
        itemsOf(discovery.pods).some((pod) => proxyConfigOf(pod)?.tracing?.sampling !== undefined)
    );
}

/** Percent that Istio records where no Telemetry sets a rate. */
function rateWithout({ mesh, discovery, path }: Evidence, provider: string): number {
    const config = { ...mesh.config, defaultProviders: { tracing: [provider] } };
    return samplingOfPod(path.source, { ...mesh, config }, { ...discovery, telemetries: { value: [] } }).client.percent;
}

/** What a Telemetry lacks of a block that is for both sides. Istio takes one block alone: a second is never added. */
function completions({ spec }: TelemetryObject, block: TracingBlock): Operation[] {
    if (spec === undefined) return [{ op: "add", path: "/spec", value: { tracing: [block] } }];
    const [there] = spec.tracing ?? [];
    if (there === undefined) return [{ op: "add", path: "/spec/tracing", value: [block] }];
    // Who switches reporting off has no rate in mind.
    const off = there.disableSpanReporting === true;
    const lacking = Object.entries(block)
        .filter(([field]) =>
            field === "providers"
                ? (there.providers ?? []).length === 0
                : !off && there.randomSamplingPercentage == null,
        )
        .map(([field, value]): Operation => ({ op: "add", path: `/spec/tracing/0/${field}`, value }));
    const oneSided = (there.match?.mode ?? "CLIENT_AND_SERVER") !== "CLIENT_AND_SERVER";
    const switchedOn: Operation = { op: "replace", path: "/spec/tracing/0/disableSpanReporting", value: false };
    return [
        ...lacking,
        ...(off ? [switchedOn] : []),
        ...(oneSided ? [{ op: "remove", path: "/spec/tracing/0/match" } satisfies Operation] : []),
    ];
}
