import type { RuleTime } from "./ruleTimes";

const EXAMINED = "tracing_last_examination_timestamp_seconds";
const FINDING = 'tracing_finding{id="collector-mtls",segment="export",severity="error",resource="DestinationRule a/b"}';

/** The same for the alerts of the doctor in the cluster. */
export const DOCTOR_RULE_TIMES: RuleTime[] = [
    {
        what: "probes fail for ten minutes",
        alert: "TracingProbeFailing",
        series: { tracing_probe_success: "1x5 0x10 1x20" },
        silent: [5, 7, 17, 30],
        firing: [9, 15],
    },
    {
        what: "one probe fails, or it is unknown whether they do",
        alert: "TracingProbeFailing",
        series: { tracing_probe_success: "1x5 0 1x10 stale _x20", [EXAMINED]: "0+60x40" },
        silent: [6, 7, 9, 20, 35],
        firing: [],
    },
    {
        what: "there is an error, until it is gone",
        alert: "TracingFindingPresent",
        series: { [FINDING]: "_x5 1x10 stale _x20" },
        labels: { id: "collector-mtls", segment: "export" },
        silent: [4, 5, 20],
        firing: [7, 15],
    },
    {
        what: "there is only a warning",
        alert: "TracingFindingPresent",
        series: { 'tracing_finding{id="spans-lost",segment="export",severity="warning",resource="r"}': "1x20" },
        silent: [5, 15],
        firing: [],
    },
    {
        what: "the doctor cannot look for a quarter of an hour",
        alert: "TracingNotProven",
        series: { [EXAMINED]: "0+60x60", tracing_probe_success: "1x5 stale _x14 1x30" },
        silent: [5, 14, 22, 40],
        firing: [17, 19],
    },
    {
        what: "the doctor disappears after five minutes, and comes back",
        alert: "TracingDoctorAbsent",
        series: { [EXAMINED]: "0+60x5 stale _x10 960+60x20" },
        silent: [4, 10, 20],
        firing: [12, 15],
    },
];
