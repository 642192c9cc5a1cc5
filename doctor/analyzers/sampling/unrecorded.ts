import type { Evidence } from "../../evidence";
import type { DoctorFinding } from "../../segments";
import type { SamplingReport } from "./report";
import { draftFor } from "../draft";
import { filtersOfTracing } from "../sidecar/envoyFilters";
import { binomialBounds } from "./binomial";

/** How many requests the source's sidecar recorded, and the evidence. */
interface Recorded {
    recorded: number;
    of: number;
    by: "access log" | "statistics";
}

/** Minimum number of requests to estimate a share. */
const SEEN = 20;
/** Chance of a false alarm. */
const ALPHA = 1e-6;

/** Fewer traces than requests at 100 percent because the sidecar did not record the others. Then nothing was lost. */
export function judgeUnrecorded(
    { configuredPercent, requests }: SamplingReport,
    traces: number,
    evidence: Evidence,
    about: { resource: string; values: Record<string, string> },
): DoctorFinding | undefined {
    const share = recordedBySource(evidence, requests);
    if (share === undefined || configuredPercent < 100 || traces >= requests) return undefined;
    const { recorded, of, by } = share;
    const { least, greatest } = binomialBounds(requests, recorded / of, ALPHA);
    // If there are fewer traces than recorded requests, traces were lost, regardless of a few requests.
    if (recorded >= of || traces < least || traces > greatest) return undefined;
    const filters = filtersOfTracing(evidence.path.source, evidence);
    const shown = by === "access log" ? "the access log of the source shows" : "the source's sidecar created spans for";
    return draftFor("sampling")({
        id: "sampling-differs",
        ...about,
        expected: `a trace of each of ${String(requests)} requests, at ${String(configuredPercent)} percent`,
        got: `${String(traces)}: ${shown} ${String(recorded)} of ${String(of)} requests${by === "access log" ? " recorded" : ""}`,
        cure:
            filters.length === 0
                ? "These requests are not lost: the sidecar did not record them. No object that the doctor reads explains why. Check whether a client or a " +
                  "gateway sends traceparent with the flag 00 or x-b3-sampled: 0, and whether a Wasm plugin or a filter changes these headers or x-request-id."
                : `Remove the tracing fields from ${filters.join(", ")}.`,
    });
}

/** From the flags in its log, otherwise from the spans that it created; undefined if neither shows it. */
function recordedBySource({ logged, source, probes }: Evidence, requests: number): Recorded | undefined {
    const seen = logged.recorded + logged.unrecorded;
    if (seen >= SEEN) return { recorded: logged.recorded, of: seen, by: "access log" };
    if (source === undefined || "failure" in source.before || "failure" in source.after) return undefined;
    const [before, after] = [source.before.value.stats, source.after.value.stats];
    const grown = (pattern: RegExp): number | undefined => {
        const names = Object.keys(after).filter((name) => pattern.test(name));
        const sum = (stats: Record<string, number>): number =>
            names.reduce((total, name) => total + (stats[name] ?? 0), 0);
        return names.length === 0 ? undefined : sum(after) - sum(before);
    };
    const made = grown(/^tracing\.\w+\.spans_sent$/);
    const dropped = grown(/^tracing\.\w+\.spans_dropped$/) ?? 0;
    const of = requests + probes.length;
    // Dropped spans were recorded and are lost. A restarted sidecar proves nothing.
    if (made === undefined || made < 0 || dropped !== 0 || of < SEEN) return undefined;
    return { recorded: made, of, by: "statistics" };
}
