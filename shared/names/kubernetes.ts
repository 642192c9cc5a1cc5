/** Label of an EndpointSlice with the Service that it belongs to. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

/** Label with the tool that manages an object. */
export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";

/** Label that every namespace has, with its name. */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";
