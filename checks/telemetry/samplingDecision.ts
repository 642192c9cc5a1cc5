import type { ObjectName } from "../../shared/kubernetes/manifest";

/** A field of a Telemetry that decides how much is recorded. */
export type DecidingField = "providers" | "randomSamplingPercentage" | "disableSpanReporting";

/** Why a provider that a setting names receives no spans. */
export interface ProviderProblem {
    provider: string;
    reason: "missing" | "takesNoTraces";
}

/** Who set a rate in the configuration that a pod started with. */
export type ProxyConfigOrigin = "annotation" | "meshConfigAtStart";

/** A rate that Istio does not apply as it is written. */
export type RateCorrection = "above100" | "outOfRange" | "zeroIgnored";

/**
 * The setting that decides how many traces are recorded. Compare its fields; {@link describeDecision} is only for
 * people.
 *
 * `corrections` is empty when Istio applies the rate as it is written.
 */
export type SamplingDecision =
    | { source: "telemetry"; object: ObjectName; field: DecidingField; problem?: ProviderProblem }
    | { source: "meshConfig"; field: "defaultProviders"; problem?: ProviderProblem }
    | { source: "meshConfig"; field: "enableTracing" }
    | { source: "meshConfig"; field: "defaultConfig.tracing.sampling"; corrections: RateCorrection[] }
    | { source: "proxyConfig"; field: "tracing.sampling"; setBy?: ProxyConfigOrigin; corrections: RateCorrection[] }
    | { source: "istiod"; field: "PILOT_TRACE_SAMPLING"; corrections: RateCorrection[] }
    | { source: "istioDefault"; corrections: RateCorrection[] }
    | { source: "providerSampler"; provider: string }
    | { source: "none"; missing: "tracing" | "provider" };

type TelemetryDecision = Extract<SamplingDecision, { source: "telemetry" }>;

const ORIGINS: Record<ProxyConfigOrigin, string> = {
    annotation: "the pod's annotation proxy.istio.io/config",
    meshConfigAtStart: "the mesh configuration's defaultConfig at the time when the pod started",
};
const CORRECTIONS: Record<RateCorrection, string> = {
    above100: ", where a rate above 100 becomes 1",
    outOfRange: ", where a rate out of range becomes 1",
    zeroIgnored: "; tracing.sampling 0 has no effect",
};

/** The rates that Istio does not apply as they are written. */
export function correctionsOf(decision: SamplingDecision): RateCorrection[] {
    return "corrections" in decision ? decision.corrections : [];
}

/**
 * A decision as text for people.
 *
 * @param nameField how to name a field of a Telemetry. @default `Telemetry NAMESPACE/NAME, FIELD`
 */
export function describeDecision(
    decision: SamplingDecision,
    nameField: (decision: TelemetryDecision) => string = nameTelemetryField,
): string {
    const corrected = correctionsOf(decision)
        .map((correction) => CORRECTIONS[correction])
        .join("");
    switch (decision.source) {
        case "telemetry":
            return nameField(decision) + describeProblem(decision.problem);
        case "meshConfig":
            return decision.field === "defaultProviders"
                ? `defaultProviders of the mesh configuration${describeProblem(decision.problem)}`
                : `${decision.field} of the mesh configuration${corrected}`;
        case "proxyConfig": {
            const origin = decision.setBy === undefined ? "the pod's own proxy configuration" : ORIGINS[decision.setBy];
            return `tracing.sampling of ${origin}${corrected}`;
        }
        case "istiod":
            return `PILOT_TRACE_SAMPLING of istiod${corrected}`;
        case "istioDefault":
            return `Istio's default, because nothing sets a rate${corrected}`;
        case "providerSampler":
            return `the sampler of the provider "${decision.provider}", which receives every trace`;
        case "none":
            return decision.missing === "tracing"
                ? "neither a Telemetry nor defaultProviders, which would enable tracing"
                : "neither a Telemetry nor defaultProviders, which would name a tracing provider";
    }
}

function nameTelemetryField({ object: { namespace, name }, field }: TelemetryDecision): string {
    return `Telemetry ${namespace}/${name}, ${field}`;
}

function describeProblem(problem: ProviderProblem | undefined): string {
    if (problem === undefined) return "";
    return problem.reason === "missing"
        ? `: the mesh configuration has no provider "${problem.provider}"`
        : `: the provider "${problem.provider}" does not receive traces`;
}
