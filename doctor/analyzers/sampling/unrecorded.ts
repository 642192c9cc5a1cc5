import type { Evidence } from "../../evidence";
import type { DoctorFinding } from "../../segments";
import type { SamplingReport } from "./report";
import { draftFor } from "../draft";
import { filtersOfTracing } from "../sidecar/envoyFilters";
import { binomialBounds } from "./binomial";

/** How many requests the source's sidecar has recorded, and what shows it. */
interface Recorded {
    recorded: number;
    of: number;
    by: "access log" | "statistics";
}

/** Requests from which a share is told. */
const SEEN = 20;
/** Chance of a false alarm. */
const ALPHA = 1e-6;

/** Fewer traces than requests at 100 percent, where the sidecar itself did not record the others: then nothing was lost. */
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
    // Fewer than were recorded are lost, whatever a few of the requests were.
    if (recorded >= of || traces < least || traces > greatest) return undefined;
    const filters = filtersOfTracing(evidence.path.source, evidence);
    const shown = by === "access log" ? "the access log of the source has" : "the source's sidecar has made spans for";
    return draftFor("sampling")({
        id: "sampling-differs",
        ...about,
        expected: `a trace of each of ${String(requests)} requests, at ${String(configuredPercent)} percent`,
        got: `${String(traces)}: ${shown} ${String(recorded)} of ${String(of)} requests${by === "access log" ? " recorded" : ""}`,
        cure:
            filters.length === 0
                ? "Something decides before the sidecar: look for sampled flags of clients, and for EnvoyFilters that change tracing."
                : `Take what concerns tracing out of ${filters.join(", ")}.`,
    });
}

/** By the flags in its log, else by the spans that it made; undefined where neither tells. */
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
    // Spans that it dropped were recorded, and are lost; of a sidecar that began anew nothing is told.
    if (made === undefined || made < 0 || dropped !== 0 || of < SEEN) return undefined;
    return { recorded: made, of, by: "statistics" };
}
