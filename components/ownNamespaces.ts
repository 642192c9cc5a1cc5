/** The namespaces that the program makes, by what is in them. */
export const OWN_NAMESPACES = ["istio", "demo", "doctor", "gateway", "certManager"] as const;

/** A namespace that the program makes, by what is in it. */
export type OwnNamespace = (typeof OWN_NAMESPACES)[number];

/** Whose a namespace of the program's is, and what is written on it. */
export interface NamespacePolicy {
    /** True: somebody else has made it. It is used, and neither changed nor deleted. */
    existing: boolean;
    /** Labels of one that the program makes. */
    labels: Record<string, string>;
    /** Annotations of one that the program makes. */
    annotations: Record<string, string>;
}

/** A namespace that the program makes, with nothing written on it. */
export const PLAIN_NAMESPACE: NamespacePolicy = { existing: false, labels: {}, annotations: {} };

/** A namespace that somebody else has made. */
export const EXISTING_NAMESPACE: NamespacePolicy = { ...PLAIN_NAMESPACE, existing: true };

/** True for a label by which Kubernetes or Istio know a namespace. */
export function isReservedNamespaceLabel(key: string): boolean {
    return ["istio-injection", "istio.io/rev", "istio.io/tag", "kubernetes.io/metadata.name"].includes(key);
}

/** True for an annotation that Pulumi reads. */
export function isReservedNamespaceAnnotation(key: string): boolean {
    return key.startsWith("pulumi.com/");
}
