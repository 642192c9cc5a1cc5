/** The sidecar's container, which is an init container for native sidecars. */
export const SIDECAR_CONTAINER = "istio-proxy";

/** Label of a namespace that enables or disables injection by the default revision. */
export const INJECTION_LABEL = "istio-injection";

/** Label of a namespace, a pod or a control plane with its revision. */
export const REVISION_LABEL = "istio.io/rev";

/** Label, formerly annotation, that enables or disables the sidecar of a pod. */
export const INJECT_LABEL = "sidecar.istio.io/inject";

/** Annotation in which the injector records what it added to a pod. */
export const INJECTED_ANNOTATION = "sidecar.istio.io/status";

/** Annotation of a pod that overrides the mesh's proxy configuration. */
export const PROXY_CONFIG_ANNOTATION = "proxy.istio.io/config";

/** Label of a gateway's pods with the name of their Gateway. */
export const GATEWAY_NAME_LABEL = "gateway.networking.k8s.io/gateway-name";
