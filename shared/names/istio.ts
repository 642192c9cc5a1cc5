/** The sidecar's container; as a native sidecar it is an init container. */
export const SIDECAR_CONTAINER = "istio-proxy";

/** Label of a namespace that turns injection by the default revision on or off. */
export const INJECTION_LABEL = "istio-injection";

/** Label of a namespace, a pod or a control plane with the revision that it belongs to. */
export const REVISION_LABEL = "istio.io/rev";

/** Label, formerly annotation, with which a pod asks for a sidecar or refuses it. */
export const INJECT_LABEL = "sidecar.istio.io/inject";

/** Annotation with which the injector says what it added to a pod. */
export const INJECTED_ANNOTATION = "sidecar.istio.io/status";

/** Annotation of a pod that is laid over the mesh's proxy configuration. */
export const PROXY_CONFIG_ANNOTATION = "proxy.istio.io/config";

/** Label of a gateway's pods with the name of their Gateway. */
export const GATEWAY_NAME_LABEL = "gateway.networking.k8s.io/gateway-name";
