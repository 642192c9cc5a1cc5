import { DEFAULT_CNI_NAMESPACE, type Cni } from "../cni";
import { renderOwnedCniValues, type CniValuesSpec } from "../render/cniValues";
import { at, isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { findOverrideProblems } from "./overrides";
import type { ParsedSettings } from "./parse";
import { assignsUserIds } from "./platform";
import { showSetting, type SettingsProblem } from "./problems";

/** The setting `istio.cni` as its schema returns it. */
export type CniValues = ParsedSettings["istio.cni"];

/** Values of the cni chart that contradict how the program installs it. */
const REFUSED: Record<string, string> = {
    cni: "write the values under it at the top level, as in Istio's documentation of the chart",
    platform: "set istio.values.global.platform instead",
    "global.platform": "set istio.values.global.platform instead, which applies to both charts",
    _internal_defaults_do_not_set: "write the value at the top level, as the chart requires",
    defaults: "write the value at the top level, as the chart requires",
    revision: "remove it: one agent serves every revision",
    hub: "set istio.hub instead",
    tag: "set istio.version instead",
    image: "set istio.hub and istio.version instead",
    pullPolicy: "set imagePullPolicy instead",
};

const SETTING_OF: Record<string, string> = {
    "global.hub": "istio.hub",
    "global.tag": "istio.version",
    "global.imagePullPolicy": "imagePullPolicy",
    "global.imagePullSecrets": "pods.cni.imagePullSecrets",
    "global.variant": "istio.values.global.variant",
    "global.nativeNftables": "istio.values.global.nativeNftables",
    "global.logAsJson": "istio.values.global.logAsJson",
    cniBinDir: "istio.cni.binDir",
    cniConfDir: "istio.cni.confDir",
    provider: "istio.cni.provider",
    resources: "resources.cni",
    tolerations: "pods.cni.tolerations",
    affinity: "pods.cni.affinity",
    podLabels: "pods.cni.labels",
    daemonSetLabels: "pods.cni.labels",
    podAnnotations: "pods.cni.annotations",
};

/** Completes the setting `istio.cni`. */
export function resolveCni(
    { mode, namespace, values, provider, ...folders }: CniValues,
    istiodValues: PlainObject,
): Cni {
    const complete = { ...folders, namespace: namespace ?? DEFAULT_CNI_NAMESPACE, values: values ?? {} };
    if (mode === undefined) return { ...complete, mode: isUsedByValues(istiodValues) ? "installed" : "none" };
    if (mode === "none") return { ...complete, mode };
    return { ...complete, mode, provider: provider ?? (assignsUserIds(istiodValues) ? "multus" : "default") };
}

/** True when the istiod chart uses the plugin by its own values, as it always does on OpenShift. */
function isUsedByValues(istiodValues: PlainObject): boolean {
    return at(istiodValues, "cni", "enabled") === true || assignsUserIds(istiodValues);
}

/** Fields of `istio.cni` that contradict each other, the platform, or the values of the istiod chart. */
export function findCniContradictions(given: CniValues, istiodValues: PlainObject): SettingsProblem[] {
    const { mode, namespace, values, provider } = given;
    const onOpenShift = assignsUserIds(istiodValues);
    const problem = (key: string, expected: string, got: unknown, next: string): SettingsProblem => ({
        ...{ key: `istio.cni.${key}`, expected, got: showSetting(got), next },
    });
    const unused = Object.entries({ namespace, values }).filter(
        ([, value]) => mode !== "install" && value !== undefined,
    );
    return [
        ...unused.map(([key, value]) =>
            problem(
                key,
                "nothing unless istio.cni.mode is install",
                value,
                "set istio.cni.mode to install, or remove it",
            ),
        ),
        ...(mode === "none" && isUsedByValues(istiodValues)
            ? [
                  problem(
                      "mode",
                      onOpenShift
                          ? "install or installed, since istio.values.global.platform is openshift, where the chart always uses the plugin"
                          : "install or installed, since istio.values.cni.enabled is true",
                      mode,
                      "set it to install, or to installed if the cluster has the plugin",
                  ),
              ]
            : []),
        ...(provider !== undefined && (mode === undefined || mode === "none")
            ? [
                  problem(
                      "provider",
                      "nothing unless istio.cni.mode is install or installed",
                      provider,
                      "set istio.cni.mode, or remove it",
                  ),
              ]
            : []),
        ...(provider === "default" && onOpenShift
            ? [
                  problem(
                      "provider",
                      "multus, which istio.values.global.platform openshift decides",
                      provider,
                      "remove it",
                  ),
              ]
            : []),
    ];
}

/** What in the user's values of the cni chart contradicts the values that the settings own. */
export function findCniValuesProblems(values: PlainObject, spec: Omit<CniValuesSpec, "values">): SettingsProblem[] {
    const { global, cni } = renderOwnedCniValues(spec);
    const owned = { ...(isPlainObject(cni) ? cni : {}), global };
    const fixed = "remove it: the agent must agree with istiod and with the nodes on this value";
    const override = { setting: "istio.cni.values", refused: REFUSED, settingOf: SETTING_OF, lists: [], fixed };
    return findOverrideProblems(override, values, owned);
}
