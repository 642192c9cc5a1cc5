/** The namespaces that the program creates, by their contents. */
export const OWN_NAMESPACES = ["istio", "demo", "doctor", "gateway", "certManager"] as const;

/** A namespace that the program creates, by its contents. */
export type OwnNamespace = (typeof OWN_NAMESPACES)[number];

/** Owner, labels and annotations of one of the program's namespaces. */
export interface NamespacePolicy {
    /** True: somebody else has created it. The program uses it, but neither changes nor deletes it. */
    existing: boolean;
    /** Labels of a namespace that the program creates. */
    labels: Record<string, string>;
    /** Annotations of a namespace that the program creates. */
    annotations: Record<string, string>;
}

/** A namespace that the program creates, without labels and annotations. */
export const PLAIN_NAMESPACE: NamespacePolicy = { existing: false, labels: {}, annotations: {} };

/** A namespace that somebody else has created. */
export const EXISTING_NAMESPACE: NamespacePolicy = { ...PLAIN_NAMESPACE, existing: true };

/** True for a label by which Kubernetes or Istio know a namespace. */
export function isReservedNamespaceLabel(key: string): boolean {
    return ["istio-injection", "istio.io/rev", "istio.io/tag", "kubernetes.io/metadata.name"].includes(key);
}

/** True for an annotation that Pulumi reads. */
export function isReservedNamespaceAnnotation(key: string): boolean {
    return key.startsWith("pulumi.com/");
}
