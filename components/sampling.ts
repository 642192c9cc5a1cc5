import { effectiveSampling } from "../checks/telemetry/effectiveSampling";
import type { MeshConfigObject, TelemetryObject } from "../checks/mesh/objects";
import { describeDecision } from "../checks/telemetry/samplingDecision";
import { MESH_TELEMETRY, NAMESPACE_TELEMETRY } from "./render/istioObjects";
import type { PlainObject } from "../shared/values/plainObjects";
import type { Settings } from "./settings";

/** What of the sampling of a namespace is told to people, and exported by the stack. */
export interface NamespaceSampling {
    percent: number;
    /** The setting that decides, in words. */
    decidedBy: string;
}

/**
 * The sampling of every namespace that the program puts into the mesh, and the setting that decides it; `*` stands for
 * every other one. It counts for traces that begin there.
 *
 * @param mesh the mesh configuration that istiod is given.
 * @param telemetrySpec spec of the mesh-wide Telemetry.
 * @param own names of the namespaces of `settings.namespaces`, each with the spec of its Telemetry where it has one.
 */
export function namespaceSampling(
    settings: { istio: { namespace: string }; demo: Pick<Settings["demo"], "deploy" | "namespace"> },
    mesh: MeshConfigObject,
    telemetrySpec: PlainObject,
    own: (readonly [string, PlainObject | undefined])[],
): Record<string, NamespaceSampling> {
    const rootNamespace = settings.istio.namespace;
    const { demo } = settings;
    const ofMesh = telemetry(MESH_TELEMETRY, rootNamespace, telemetrySpec);
    // Only those that count for a namespace: to look through all of them for each would take time by the square.
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

/** The same in lines for people. */
export function describeSampling(sampling: Record<string, NamespaceSampling>): string {
    const lines = Object.entries(sampling).map(
        ([namespace, { percent, decidedBy }]) =>
            `  ${namespace === "*" ? "any other namespace" : namespace}: ${String(percent)} percent (${decidedBy})`,
    );
    return ["Traces that begin in a namespace are recorded at these rates:", ...lines].join("\n");
}

function telemetry(name: string, namespace: string, spec: object | undefined): TelemetryObject {
    return { metadata: { name, namespace }, spec };
}
