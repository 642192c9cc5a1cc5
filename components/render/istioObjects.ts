/**
 * The default, foreground, ends with an update that takes a finalizer away. Istio's webhook has to admit that: with
 * istiod dead a destroy would never end.
 */
export const DELETED_AT_ONCE = { "pulumi.com/deletionPropagationPolicy": "background" };

/** Names of the Telemetries that the program makes: of the whole mesh, and of a namespace. */
export const MESH_TELEMETRY = "mesh-default";
export const NAMESPACE_TELEMETRY = "namespace-default";
