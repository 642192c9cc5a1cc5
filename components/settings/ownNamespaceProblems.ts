import type { OwnNamespace } from "../ownNamespaces";
import type { Settings } from "./complete";
import { usesCni } from "./platform";
import { showSetting, type SettingsProblem } from "./problems";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** Pod Security levels that the program would write and that refuse the init container of sidecars. */
export function findOwnNamespaceProblems(settings: Settings): SettingsProblem[] {
    const { ownNamespaces, istio, demo, jaeger, jaegerAccess } = settings;
    if (usesCni(istio.values)) return [];
    const sidecars: Partial<Record<OwnNamespace, string>> = {
        ...(demo.deploy && { demo: "the demo's pods have sidecars" }),
        ...(jaeger.deploy && jaegerAccess === "mesh" && { istio: "Jaeger has a sidecar, with ui.jaegerAccess mesh" }),
    };
    return Object.entries(sidecars).flatMap(([name, why]) => {
        const { existing, labels } = ownNamespaces[name as OwnNamespace];
        const level = labels[ENFORCE];
        if (existing || level === undefined || level === "privileged") return [];
        return [
            {
                key: `ownNamespaces.${name}.labels.${ENFORCE}`,
                expected: `privileged, or none: ${why}, whose istio-init needs NET_ADMIN, and istio.values.cni.enabled is not true`,
                got: showSetting(level),
                next: "install Istio's CNI plugin and set istio.values.cni.enabled to true, or leave this namespace without the label",
            },
        ];
    });
}
