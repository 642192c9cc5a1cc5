/**
 * The default, foreground, ends with an update that removes a finalizer. Istio's webhook must admit that update, so
 * without a running istiod, a destroy would never end.
 */
export const DELETED_AT_ONCE = { "pulumi.com/deletionPropagationPolicy": "background" };

/** Names of the Telemetries that the program creates: for the whole mesh, and for a namespace. */
export const MESH_TELEMETRY = "mesh-default";
export const NAMESPACE_TELEMETRY = "namespace-default";
