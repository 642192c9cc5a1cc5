import type { NamespacePolicy, OwnNamespace } from "../ownNamespaces";
import type { PlainObject } from "../../shared/values/plainObjects";
import { usesCni } from "./platform";
import { showSetting, type SettingsProblem } from "./problems";
import type { JaegerAccess } from "./ui";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** What is compared: the labels of namespaces, and which of their pods have sidecars. */
export interface ComparedNamespaces {
    ownNamespaces: Record<OwnNamespace, NamespacePolicy>;
    istiodValues: PlainObject;
    deployDemo: boolean;
    deployJaeger: boolean;
    jaegerAccess: JaegerAccess;
}

/** Pod Security levels that the program would write and that refuse the init container of sidecars. */
export function findOwnNamespaceProblems(settings: ComparedNamespaces): SettingsProblem[] {
    const { ownNamespaces, istiodValues, deployDemo, deployJaeger, jaegerAccess } = settings;
    if (usesCni(istiodValues)) return [];
    const sidecars: Partial<Record<OwnNamespace, string>> = {
        ...(deployDemo && { demo: "the demo's pods have sidecars" }),
        ...(deployJaeger && jaegerAccess === "mesh" && { istio: "Jaeger has a sidecar, with ui.jaegerAccess mesh" }),
    };
    return Object.entries(sidecars).flatMap(([name, why]) => {
        const { existing, labels } = ownNamespaces[name as OwnNamespace];
        const level = labels[ENFORCE];
        if (existing || level === undefined || level === "privileged") return [];
        return [
            {
                key: `ownNamespaces.${name}.labels.${ENFORCE}`,
                expected: `privileged, or none: ${why}, whose istio-init needs NET_ADMIN, and istiodValues.cni.enabled is not true`,
                got: showSetting(level),
                next: "install Istio's CNI plugin and set istiodValues.cni.enabled to true, or leave this namespace without the label",
            },
        ];
    });
}
