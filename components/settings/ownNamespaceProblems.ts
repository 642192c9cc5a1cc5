import type { OwnNamespace } from "../ownNamespaces";
import type { Settings } from "./complete";
import { showSetting, type SettingsProblem } from "./problems";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** Pod Security levels that the program would write and that refuse the init container of sidecars, or the CNI agent. */
export function findOwnNamespaceProblems(settings: Settings): SettingsProblem[] {
    const { istio, demo, doctor, jaeger, jaegerAccess } = settings;
    const agent = agentProblems(settings);
    if (istio.cni.mode !== "none") return agent;
    const sidecars: Partial<Record<OwnNamespace, string>> = {
        ...(demo.deploy && { demo: "the demo's pods have sidecars" }),
        ...(doctor && { doctor: "the doctor's pods have sidecars" }),
        ...(jaeger.deploy && jaegerAccess === "mesh" && { istio: "Jaeger has a sidecar, with ui.jaegerAccess mesh" }),
    };
    return Object.entries(sidecars).flatMap(([name, why]) => {
        const level = levelOf(settings, name as OwnNamespace);
        if (level === undefined) return [];
        return [
            {
                key: `ownNamespaces.${name}.labels.${ENFORCE}`,
                expected: `privileged, or none: ${why}, whose istio-init needs NET_ADMIN, and istio.cni.mode is none`,
                got: showSetting(level),
                next:
                    "set istio.cni.mode to install, or to installed if the cluster has Istio's CNI plugin; or remove " +
                    "the label from this namespace",
            },
        ];
    });
}

/** The agent changes files and networks of its node, which only `privileged` admits. */
function agentProblems(settings: Settings): SettingsProblem[] {
    const { cni, namespace } = settings.istio;
    const level = cni.mode === "install" && cni.namespace === namespace ? levelOf(settings, "istio") : undefined;
    if (level === undefined) return [];
    return [
        {
            key: `ownNamespaces.istio.labels.${ENFORCE}`,
            expected:
                "privileged, or none, because istio.cni.namespace names this namespace: the CNI agent changes its node",
            got: showSetting(level),
            next: "omit istio.cni.namespace to use kube-system, or remove the label from this namespace",
        },
    ];
}

/** The Pod Security level that the program writes on a namespace, if it is one that refuses pods. */
function levelOf({ ownNamespaces }: Settings, name: OwnNamespace): string | undefined {
    const { existing, labels } = ownNamespaces[name];
    const level = labels[ENFORCE];
    return existing || level === "privileged" ? undefined : level;
}
