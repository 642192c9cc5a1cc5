import { editDistance } from "../../shared/values/nearest";
import { at, type PlainObject } from "../../shared/values/plainObjects";
import { valueProblem } from "./chartValueProblem";
import { showSetting, type SettingsProblem } from "./problems";

const PLATFORM = "global.platform";

/** Platforms for which Istio's charts 1.28 to 1.31 bring values (files/profile-platform-*.yaml); for others they fail. */
export const PLATFORMS = ["gke", "k3d", "k3s", "microk8s", "minikube", "openshift"];

/** What is wrong with the platform that the user names. */
export function findPlatformProblems(extra: PlainObject): SettingsProblem[] {
    const platform = at(extra, "global", "platform");
    if (platform === undefined || platform === "") return [];
    if (typeof platform !== "string" || !PLATFORMS.includes(platform)) {
        // eks and aks are two letters away from gke and k3s, and mean something else.
        const word = typeof platform === "string" ? platform.toLowerCase() : "";
        const near = PLATFORMS.find((known) => editDistance(word, known) <= 1);
        const other = "remove it: on any other platform the charts need no extra values";
        const next = near === undefined ? other : `did you mean ${near}? Or ${other}`;
        return [valueProblem(PLATFORM, `one of ${PLATFORMS.join(", ")}`, showSetting(platform), next)];
    }
    if (platform !== "openshift" || at(extra, "cni", "enabled") !== false) return [];
    // The chart lays its values for OpenShift over this one.
    return [valueProblem("cni.enabled", "true with global.platform openshift, which decides it", "false", "remove it")];
}

/** True on a platform that gives every namespace users and groups of its own, and refuses pods that name others. */
export function assignsUserIds(istiodValues: PlainObject): boolean {
    return at(istiodValues, "global", "platform") === "openshift";
}
