/** Name of the Pulumi project, which is the prefix of its settings. */
export const PROJECT = "istio-tracing";
