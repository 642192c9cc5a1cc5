import { correctionsOf, describeDecision, type SamplingDecision } from "../../../checks/telemetry/samplingDecision";
import { doSpansFail } from "../export/failures";
import { droppersOf } from "../storage/misroutedSpans";
import { binomialBounds } from "./binomial";
import type { SamplingReport } from "./report";
import { judgeUnrecorded } from "./unrecorded";
import type { Evidence } from "../../evidence";
import { RUNTIME_KEYS } from "../../evidence/runtime";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { filtersOfTracing } from "../sidecar/envoyFilters";
import { judgeRandomSampling } from "./requestIds";
import { requestIdsOff } from "./requestIdsOff";
import { liveOf, runtimeOf } from "./live";
import { overriddenRate } from "./runtime";
import { draftFor } from "../draft";
import { setsRateElsewhere, telemetryCommands } from "../../remediation/istioConfiguration";
import { foreignObjects } from "../../remediation/owners";

const make = draftFor("sampling");
/** Chance of a false alarm. */
const ALPHA = 1e-6;

/**
 * Reads the sampling of the path's first hop, which decides for the whole trace.
 *
 * @param complete whether the probes' own traces are complete. Otherwise, missing traces prove nothing about sampling.
 */
export function reportSampling(evidence: Evidence, complete: boolean): SamplingReport {
    const { sampling, source, burst } = evidence;
    const live = source && liveOf(source, evidence);
    const traces = complete ? burst?.traces?.length : undefined;
    const requests = burst?.answered ?? 0;
    const livePercent = live?.percent;
    const unread = whyUnread(evidence);
    const { percent, decidedBy } = sampling.source.client;
    return {
        configuredPercent: unread === undefined ? percent : (livePercent ?? 0),
        decidedBy: unread === undefined ? decidedBy : { source: "unread", reason: unread },
        livePercent,
        ...(live?.route !== undefined && { liveRoute: live.route }),
        ...(live !== undefined && live.overriddenBy.length > 0 && { liveRuntime: live.overriddenBy }),
        requests,
        traces,
        interval: traces === undefined || requests === 0 ? undefined : shareInterval(traces, requests),
        targetPercent: sampling.target?.server.percent,
        foreignIds: complete && sampling.source.client.percent > 0 ? shapesOf(evidence) : undefined,
    };
}

/** What happens to requests with other IDs. If spans of any request are lost, these requests prove nothing. */
function shapesOf(evidence: Evidence): SamplingReport["foreignIds"] {
    const { shapes } = evidence.requestIds;
    return shapes === undefined || doSpansFail(evidence) ? undefined : shapes;
}

/** Why it is unknown which object decides. */
function whyUnread({ discovery, mesh }: Evidence): string | undefined {
    if (mesh.unknown !== undefined) return mesh.unknown;
    const fact = [discovery.meshConfigMaps, discovery.telemetries].find((one) => "failure" in one);
    return fact !== undefined && "failure" in fact ? fact.failure.reason : undefined;
}

/** Rates that nobody chose, that are not live, or that chance does not explain. */
export function judgeSampling(report: SamplingReport, evidence: Evidence): DoctorFinding[] {
    const { mesh, sampling } = evidence;
    const { configuredPercent, decidedBy, livePercent, requests, traces } = report;
    const { provider, reporting } = sampling.source.client;
    if (!reporting || provider === undefined || decidedBy.source === "unread") return [];
    const words = describeDecision(decidedBy);
    const values = {
        configured: `${String(configuredPercent)} %, decided by ${words}`,
        live: livePercent === undefined ? "not read" : `${String(livePercent)} %`,
        measured: traces === undefined ? "not measured" : `${String(traces)} of ${String(requests)}`,
    };
    const resource = `workload of Pod ${fullName(evidence.path.source)}`;
    const written = setsRateElsewhere(evidence) ? [] : telemetryCommands(evidence, provider);
    // The rate of another team's Telemetry is that team's decision.
    const isOthers = foreignObjects(written, evidence).some(({ keeper }) => keeper?.by !== "Pulumi");
    const commands = isOthers ? [] : written;
    const cure =
        `Set randomSamplingPercentage in the Telemetry of the root namespace, next to providers and not below it${isOthers ? "" : " (stack setting: samplingPercent)"}.` +
        (commands.length === 0
            ? " It overrides tracing.sampling, even in annotations of pods."
            : " The command sets the current rate. Replace it with the rate that you want.");
    const expected = "a rate that somebody set on purpose";
    const misplaced = (mesh.config.defaultConfig as { sampling?: number } | undefined)?.sampling;
    if (correctionsOf(decidedBy).length > 0) {
        return [make({ id: "sampling-out-of-range", resource, expected, got: words, cure, commands, values })];
    }
    // Istio's charts set that variable to 1 by default.
    const byChart = decidedBy.source === "istiod" && configuredPercent === 1;
    if (byChart || decidedBy.source === "istioDefault") {
        const got =
            misplaced === undefined
                ? `${String(configuredPercent)} percent, from ${words}`
                : `${String(configuredPercent)} percent; defaultConfig.sampling ${String(misplaced)} is a field that Istio does not have`;
        // If no rate is set, the default may be intended. A rate in the wrong place is not.
        const severity = misplaced === undefined ? "info" : "warning";
        return [make({ id: "sampling-default", severity, resource, expected, got, cure, commands, values })];
    }
    const live = judgeLiveRate(report, evidence);
    if (live !== undefined) return [live];
    const off = requestIdsOff(evidence, traces === undefined ? undefined : { traces, requests });
    if (off.some(({ severity }) => severity === "error")) return off;
    const drawless = judgeRandomSampling(evidence);
    if (drawless !== undefined) return [drawless];
    if (configuredPercent === 0 && (traces ?? 0) === 0) return [rateOfZero(decidedBy, { resource, values })];
    if (traces === undefined) return [];
    const unrecorded = judgeUnrecorded(report, traces, evidence, { resource, values });
    if (unrecorded !== undefined) return [unrecorded];
    return judgeMeasured({ ...report, words }, traces, evidence, { resource, values });
}

/** A rate with which only requests that bring a decision of their own are recorded, such as the doctor's probes. */
function rateOfZero(
    decidedBy: SamplingDecision,
    about: { resource: string; values: Record<string, string> },
): DoctorFinding {
    const isTelemetry = decidedBy.source === "telemetry";
    return make({
        id: "sampling-zero",
        severity: "warning",
        ...about,
        expected: "a rate above 0 where traces begin",
        got: `0 percent, from ${describeDecision(decidedBy)}: no request is recorded unless its client asks for it`,
        cure: isTelemetry
            ? "Set randomSamplingPercentage there to the share of requests that you want, unless another hop or the clients begin every trace."
            : "Set randomSamplingPercentage in the Telemetry of the root namespace to the share of requests that you want; it overrides that setting.",
    });
}

/**
 * A rate in the sidecar's listener or route that differs from the objects. A listener's overall_sampling is a fault of
 * the sidecar.
 */
export function judgeLiveRate(
    { configuredPercent, livePercent, liveRoute, decidedBy }: SamplingReport,
    evidence: Evidence,
): DoctorFinding | undefined {
    const { reporting, provider } = evidence.sampling.source.client;
    const live = evidence.source && liveOf(evidence.source, evidence);
    if (evidence.source === undefined || live === undefined) return undefined;
    const drawn = live.drawnPercent;
    if (decidedBy.source === "unread" || !reporting || provider === undefined) return undefined;
    if (Math.abs(drawn - configuredPercent) <= 0.005) return undefined;
    const words = describeDecision(decidedBy);
    const values = {
        configured: `${String(configuredPercent)} %, decided by ${words}`,
        live: `${String(livePercent ?? drawn)} %`,
    };
    if (live.overriddenBy.includes(RUNTIME_KEYS.random)) {
        const { pod } = evidence.source;
        return make({
            ...overriddenRate(pod, { configuredPercent, decidedBy }, runtimeOf(evidence.source), evidence),
            values,
        });
    }
    const filters = filtersOfTracing(evidence.path.source, evidence);
    return make({
        id: "sampling-not-live",
        resource: `workload of Pod ${fullName(evidence.path.source)}`,
        expected: `random_sampling ${String(configuredPercent)} in the sidecar, which ${words} decides`,
        got: `${String(drawn)}${liveRoute === undefined ? "" : `, from the route ${liveRoute}`}`,
        cure:
            filters.length === 0
                ? "Check whether the sidecar still receives updates: istioctl proxy-status."
                : `Remove the tracing fields from ${filters.join(", ")}, and set the rate only in the Telemetry.`,
        values,
    });
}

function judgeMeasured(
    { configuredPercent, requests, words }: SamplingReport & { words: string },
    traces: number,
    evidence: Evidence,
    about: { resource: string; values: Record<string, string> },
): DoctorFinding[] {
    const sent = evidence.burst?.sent ?? requests;
    const { least } = binomialBounds(requests, configuredPercent / 100, ALPHA);
    // A request without an answer may have been recorded as well.
    const { greatest } = binomialBounds(sent, configuredPercent / 100, ALPHA);
    // At 100 percent, missing traces are lost ones, which are counted elsewhere.
    if ((traces >= least || configuredPercent === 100) && traces <= greatest) return [];
    const droppers = traces < least ? droppersOf(evidence) : undefined;
    return [
        make({
            id: "sampling-differs",
            ...about,
            expected: `${String(least)} to ${String(greatest)} traces of ${String(requests)} requests at ${String(configuredPercent)} percent (${words})`,
            got: String(traces),
            cure:
                droppers === undefined
                    ? "No object that the doctor reads explains the difference. Check whether a Wasm plugin or a filter on the way changes x-request-id, x-client-trace-id, " +
                      "traceparent or x-b3-sampled, and whether something between the sidecar and Jaeger drops or adds traces."
                    : `${droppers.names.join(", ")} of ${droppers.resource} may drop traces. Check whether you intend that.`,
        }),
    ];
}

/** Bounds of the true share, in percent (Clopper and Pearson). */
export function shareInterval(hits: number, trials: number, alpha = 0.05): { least: number; greatest: number } {
    const solve = (tail: (share: number) => number, rising: boolean): number => {
        let [low, high] = [0, 1];
        for (let step = 0; step < 50; step++) {
            const middle = (low + high) / 2;
            if (tail(middle) > alpha / 2 === rising) high = middle;
            else low = middle;
        }
        return ((low + high) / 2) * 100;
    };
    return {
        least: hits === 0 ? 0 : solve((share) => 1 - atMost(hits - 1, trials, share), true),
        greatest: hits === trials ? 100 : solve((share) => atMost(hits, trials, share), false),
    };
}

/** Probability of at most this many hits. */
function atMost(hits: number, trials: number, share: number): number {
    if (share <= 0) return 1;
    if (share >= 1) return hits >= trials ? 1 : 0;
    let logOfPower = trials * Math.log1p(-share);
    let sum = 0;
    for (let count = 0; count <= hits; count++) {
        sum += Math.exp(logOfPower);
        logOfPower += Math.log((trials - count) / (count + 1)) + Math.log(share) - Math.log1p(-share);
    }
    return Math.min(1, sum);
}
