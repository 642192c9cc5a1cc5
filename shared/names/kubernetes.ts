/** Label of an EndpointSlice with the Service that it belongs to. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

/** Label with the tool that an object is managed by. */
export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
