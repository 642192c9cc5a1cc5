import { effectiveSampling } from "../checks/effectiveSampling";
import type { MeshConfigObject, TelemetryObject } from "../checks/meshObjects";
import { describeDecision } from "../checks/samplingDecision";
import { MESH_TELEMETRY, NAMESPACE_TELEMETRY } from "./render/istioObjects";
import { renderIstiodValues } from "./render/istiodValues";
import { renderNamespaceTelemetrySpec, renderTelemetrySpec } from "./render/telemetry";
import { istiodSpec, type Settings } from "./settings";

/** What of the sampling of a namespace is told to people, and exported by the stack. */
export interface NamespaceSampling {
    percent: number;
    /** The setting that decides, in words. */
    decidedBy: string;
}

/**
 * The sampling of every namespace that the settings put into the mesh, and the setting that decides it; `*` stands for
 * every other one. It counts for traces that begin there.
 */
export function namespaceSampling(settings: Settings): Record<string, NamespaceSampling> {
    const { istioNamespace, istioVersion, demoNamespace, deployDemo, namespaces } = settings;
    const values = renderIstiodValues({ ...istiodSpec(settings), extra: settings.istiodValues });
    const telemetries: TelemetryObject[] = [
        telemetry(MESH_TELEMETRY, istioNamespace, renderTelemetrySpec(settings.samplingPercent, istioVersion)),
        ...Object.entries(namespaces).flatMap(([name, tracing]) =>
            telemetry(NAMESPACE_TELEMETRY, name, renderNamespaceTelemetrySpec(tracing, istioVersion)),
        ),
    ];
    const of = (namespace: string): NamespaceSampling => {
        const { percent, decidedBy } = effectiveSampling({
            mesh: values["meshConfig"] as MeshConfigObject,
            telemetries,
            rootNamespace: istioNamespace,
            namespace,
        }).client;
        const words = describeDecision(decidedBy, ({ object, field }) => {
            const setting = field === "providers" ? "provider" : "samplingPercent";
            return object.name === MESH_TELEMETRY ? setting : `namespaces.${object.namespace}.${setting}`;
        });
        return { percent, decidedBy: words };
    };
    const named = [...(deployDemo ? [demoNamespace] : []), ...Object.keys(namespaces)].sort();
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
