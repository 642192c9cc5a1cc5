import * as pulumi from "@pulumi/pulumi";
import { effectiveSampling } from "../checks/telemetry/effectiveSampling";
import type { MeshConfigObject, TelemetryObject } from "../checks/mesh/objects";
import { describeDecision } from "../checks/telemetry/samplingDecision";
import { MESH_TELEMETRY, NAMESPACE_TELEMETRY } from "./render/istioObjects";
import type { PlainObject } from "../shared/values/plainObjects";
import type { StackMesh } from "./mesh";
import type { Settings } from "./settings";

/** The sampling of a namespace, as shown to people and exported by the stack. */
export interface NamespaceSampling {
    percent: number;
    /** The setting that decides the rate, for people. */
    decidedBy: string;
}

/**
 * The sampling of every namespace that the program adds to the mesh, and the setting that decides it. `*` stands for
 * every other namespace. It applies to traces that begin there.
 *
 * @param mesh the mesh: istiod's configuration and the root namespace.
 * @param telemetrySpec spec of the mesh-wide Telemetry.
 * @param own names of the namespaces of `settings.namespaces`, each with the spec of its Telemetry if it has one.
 */
export function namespaceSampling(
    settings: Parameters<typeof samplingOf>[0],
    { meshConfig, tracing: { rootNamespace } }: Pick<StackMesh, "meshConfig" | "tracing">,
    telemetrySpec: pulumi.Input<PlainObject>,
    own: (readonly [string, pulumi.Input<PlainObject> | undefined])[],
): pulumi.Output<Record<string, NamespaceSampling>> {
    const specs = own.map(([, spec]) => spec);
    return pulumi
        .all([meshConfig, rootNamespace, telemetrySpec, pulumi.all(specs)])
        .apply(([mesh, root, spec, found]) =>
            samplingOf(
                settings,
                mesh as MeshConfigObject,
                root,
                spec,
                own.map(([name], index) => [name, found[index] as PlainObject | undefined]),
            ),
        );
}

/** The same for values that are known. */
export function samplingOf(
    { demo }: { demo: Pick<Settings["demo"], "deploy" | "namespace"> },
    mesh: MeshConfigObject,
    rootNamespace: string,
    telemetrySpec: PlainObject,
    own: (readonly [string, PlainObject | undefined])[],
): Record<string, NamespaceSampling> {
    const ofMesh = telemetry(MESH_TELEMETRY, rootNamespace, telemetrySpec);
    // Uses only the Telemetries that apply to a namespace, because the time would otherwise grow quadratically.
    const byNamespace = new Map(own.map(([name, spec]) => [name, telemetry(NAMESPACE_TELEMETRY, name, spec)]));
    const of = (namespace: string): NamespaceSampling => {
        const ofNamespace = byNamespace.get(namespace);
        const telemetries = [ofMesh, ...(ofNamespace === undefined ? [] : [ofNamespace])];
        const { percent, decidedBy } = effectiveSampling({
            ...{ mesh, telemetries, rootNamespace, namespace },
        }).client;
        const words = describeDecision(decidedBy, ({ object, field }) => {
            const setting = field === "providers" ? "provider" : "samplingPercent";
            return object.name === MESH_TELEMETRY ? setting : `namespaces.${object.namespace}.${setting}`;
        });
        return { percent, decidedBy: words };
    };
    const named = [...(demo.deploy ? [demo.namespace] : []), ...own.map(([name]) => name)].sort();
    return Object.fromEntries([...named, "*"].map((name) => [name, of(name)]));
}

/** The same as lines for people. */
export function describeSampling(sampling: Record<string, NamespaceSampling>): string {
    const lines = Object.entries(sampling).map(
        ([namespace, { percent, decidedBy }]) =>
            `  ${namespace === "*" ? "any other namespace" : namespace}: ${String(percent)} percent (${decidedBy})`,
    );
    return ["Sampling rates of traces, by the namespace in which they begin:", ...lines].join("\n");
}

function telemetry(name: string, namespace: string, spec: object | undefined): TelemetryObject {
    return { metadata: { name, namespace }, spec };
}
