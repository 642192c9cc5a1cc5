/** Start of the user agent of the doctor's requests. A Collector tier keeps their traces. */
export const PROBE_AGENT = "istio-tracing-doctor";
