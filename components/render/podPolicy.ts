import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PodPolicy } from "../pods";
import type { PlainObject } from "../../shared/values/plainObjects";

/** Fields of a pod's spec that follow from its policy; what is not said is left out. */
export function renderPodFields(
    policy: PodPolicy,
    serviceAccountName?: pulumi.Input<string>,
): Partial<k8s.types.input.core.v1.PodSpec> {
    const { nodeSelector, tolerations, affinity, priorityClassName, imagePullSecrets } = policy;
    return {
        ...filled({ nodeSelector, tolerations, affinity, priorityClassName }),
        ...filled({ imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
        ...(serviceAccountName !== undefined && { serviceAccountName }),
    };
}

/** The service account of a workload, where its policy asks for annotations; others run as `default`. */
export function renderServiceAccount(
    name: string,
    namespace: pulumi.Input<string>,
    labels: Record<string, string>,
    { serviceAccountAnnotations, labels: further }: PodPolicy,
): k8s.core.v1.ServiceAccountArgs | undefined {
    if (Object.keys(serviceAccountAnnotations).length === 0) return undefined;
    const metadata = { name, namespace, labels: { ...further, ...labels }, annotations: serviceAccountAnnotations };
    return { metadata, automountServiceAccountToken: false };
}

/** Values of Istio's `istiod` chart; its pull secrets are those of every sidecar as well. */
export function renderIstiodPodValues(policy: PodPolicy): PlainObject {
    const { nodeSelector, tolerations, affinity, labels, annotations, serviceAccountAnnotations } = policy;
    const { priorityClassName, imagePullSecrets } = policy;
    return filled({
        ...{ nodeSelector, tolerations, affinity },
        ...{ podLabels: labels, deploymentLabels: labels, podAnnotations: annotations, serviceAccountAnnotations },
        global: filled({ priorityClassName, imagePullSecrets }),
    });
}

/** Values of Istio's `gateway` chart, which writes the labels on every object of its own. */
export function renderGatewayPodValues(policy: PodPolicy): PlainObject {
    const { nodeSelector, tolerations, affinity, labels, annotations, serviceAccountAnnotations } = policy;
    const { priorityClassName, imagePullSecrets } = policy;
    return filled({
        ...{ nodeSelector, tolerations, affinity, labels, priorityClassName },
        podAnnotations: annotations,
        imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
        serviceAccount: filled({ annotations: serviceAccountAnnotations }),
    });
}

/** Arguments of `CertManager`: its controller's, those of its other three workloads, and what they share. */
export function renderCertManagerPodArgs(policy: PodPolicy): PlainObject {
    const { nodeSelector, tolerations, affinity, labels, annotations, serviceAccountAnnotations } = policy;
    const { priorityClassName, imagePullSecrets } = policy;
    const workload = filled({
        ...{ nodeSelector, tolerations, affinity },
        ...{ podLabels: labels, podAnnotations: annotations },
        serviceAccount: filled({ annotations: serviceAccountAnnotations }),
    });
    return filled({
        ...workload,
        ...{ webhook: workload, cainjector: workload, startupapicheck: workload },
        global: filled({ priorityClassName, imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    });
}

/** The fields that say something. */
function filled(fields: Record<string, string | object>): PlainObject {
    return Object.fromEntries(
        Object.entries(fields).filter(([, value]) =>
            typeof value === "string" ? value !== "" : Object.keys(value).length > 0,
        ),
    );
}
