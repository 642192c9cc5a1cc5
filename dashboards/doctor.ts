import type { RowSpec } from "./build";

/** What the doctor in the cluster sees; empty without one. */
export const DOCTOR_ROW: RowSpec = {
    title: "Doctor in the cluster",
    panels: [
        {
            title: "Probes",
            description:
                "1 if the trace of the doctor's last probe is complete in Jaeger, 0 if it is not, and nothing while that is " +
                "unknown. Beside it, how many things the doctor could not read. Needs doctor.enabled.",
            unit: "none",
            queries: [
                { expr: "max(tracing_probe_success)", legend: "trace complete" },
                { expr: "count(tracing_unknown) or vector(0)", legend: "not read" },
            ],
        },
        {
            title: "Findings",
            description: "Faults that the doctor has confirmed, by finding and segment. Its log has the cures.",
            unit: "none",
            queries: [{ expr: "max by (id, segment) (tracing_finding)", legend: "{{id}} {{segment}}" }],
        },
        {
            title: "Sampling rate at the doctor's client",
            description:
                "Wanted: share of new traces to record, according to the objects. Seen: the same share in the live " +
                "configuration of its sidecar.",
            unit: "percentunit",
            queries: [
                { expr: "max(tracing_sampling_wanted_ratio)", legend: "wanted" },
                { expr: "max(tracing_sampling_seen_ratio)", legend: "seen" },
            ],
        },
        {
            title: "Time of a probe",
            description:
                "From sending the last probe to its answer, and the whole examination, which waits until the spans are in Jaeger.",
            unit: "s",
            queries: [
                { expr: "max(tracing_probe_duration_seconds)", legend: "answer" },
                { expr: "max(tracing_examination_duration_seconds)", legend: "examination" },
            ],
        },
    ],
};
