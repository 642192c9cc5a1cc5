import type * as pulumi from "@pulumi/pulumi";
import { Doctor, type DoctorArgs } from "./doctor";
import { ownNamespace } from "./ownNamespace";
import { injectionLabels } from "./revision";
import type { Settings } from "./settings";
import { assignsUserIds } from "./settings/platform";

/** The doctor in the cluster, if the settings ask for it. */
export function stackDoctor(
    settings: Settings,
    sidecarHash: pulumi.Input<string>,
    options: pulumi.CustomResourceOptions,
): void {
    const { doctor, ownNamespaces, istio } = settings;
    if (doctor === undefined) return;
    const labels = injectionLabels(istio.injectedBy);
    const home = ownNamespace("doctor", doctor.namespace, ownNamespaces.doctor, { labels, ...options });
    new Doctor("doctor", { namespace: home.name, sidecarHash, ...doctorArgs(settings, doctor) });
}

/** The settings of the doctor in the cluster. */
function doctorArgs(
    settings: Settings,
    { image, intervalSeconds }: NonNullable<Settings["doctor"]>,
): Omit<DoctorArgs, "namespace" | "sidecarHash"> {
    const { monitoring, uiCredential: credential, jaeger, jaegerAccess, tier } = settings;
    return {
        ...{ image, intervalSeconds },
        ...(tier && { holdSeconds: tier.decisionWaitSeconds }),
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.doctor,
        injectByLabel: settings.ownNamespaces.doctor.existing,
        revision: settings.istio.injectedBy,
        ...(jaeger.deploy && credential && { credential }),
        meshOnly: jaegerAccess === "mesh",
        ...(monitoring.operator !== "none" && { operatorLabels: monitoring.operatorLabels }),
        pods: settings.pods.doctor,
        platformUserIds: assignsUserIds(settings.istio.values),
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}
