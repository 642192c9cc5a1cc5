import type { Settings } from "./complete";
import type { ParsedSettings } from "./parse";
import { showSetting, type SettingsProblem } from "./problems";

/** Marks a password that is a hash, with which nobody can log in. */
const HASH = /^\$2[aby]\$/;

/** What the settings of the doctor in the cluster say against others. */
export function findDoctorContradictions(
    given: ParsedSettings,
    { doctor, uiCredential, jaeger, ...settings }: Settings,
): SettingsProblem[] {
    if (doctor === undefined) return [];
    return [
        ...(given["doctor.image"] === "" ? [withoutImage()] : []),
        ...takenNamespace(doctor.namespace, settings),
        ...(jaeger.deploy && uiCredential !== undefined && HASH.test(uiCredential.password) ? [hashedPassword()] : []),
    ];
}

function withoutImage(): SettingsProblem {
    return {
        key: "doctor.image",
        expected:
            "an image with a tag or a digest, because doctor.enabled is true: no image is published, so there is no " +
            "default",
        got: "nothing",
        next:
            "build it with docker build -f doctor/Dockerfile -t registry.example.com/tracing-doctor:1 . and push it, then: " +
            "pulumi config set --path doctor.image registry.example.com/tracing-doctor:1",
    };
}

/** The doctor's pods need a namespace that is injected, and no other workloads. */
function takenNamespace(
    namespace: string,
    { istio, demo, namespaces, ui }: Pick<Settings, "istio" | "demo" | "namespaces" | "ui">,
): SettingsProblem[] {
    const others: [key: string, name: string][] = [
        ["istio.namespace", istio.namespace],
        ...(demo.deploy ? [["demo.namespace", demo.namespace] as [string, string]] : []),
        ...(ui.mode === "gateway" ? [["ui.gatewayNamespace", ui.namespace] as [string, string]] : []),
        ...Object.keys(namespaces).map((name): [string, string] => [`namespaces.${name}`, name]),
    ];
    const [taken] = others.filter(([, name]) => name === namespace);
    if (taken === undefined) return [];
    return [
        {
            key: "doctor.namespace",
            expected: `a separate namespace, other than that of ${taken[0]}`,
            got: showSetting(namespace),
            next: "set doctor.namespace to another name, for example tracing-doctor",
        },
    ];
}

function hashedPassword(): SettingsProblem {
    return {
        key: "uiBasicAuth.password",
        expected: "a password in clear text, because the doctor in the cluster logs in to Jaeger with it",
        got: "a hash, with which nobody can log in",
        next: "set the password itself: pulumi config set --secret --path uiBasicAuth.password; or set doctor.enabled to false",
    };
}
