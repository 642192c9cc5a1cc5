import type { ObjectName } from "../../shared/kubernetes/manifest";

/** A field of a Telemetry that decides how much is recorded. */
export type DecidingField = "providers" | "randomSamplingPercentage" | "disableSpanReporting";

/** Why a provider that a setting names gets no spans. */
export interface ProviderProblem {
    provider: string;
    reason: "missing" | "takesNoTraces";
}

/** Who set a rate in the configuration that a pod started with. */
export type ProxyConfigOrigin = "annotation" | "meshConfigAtStart";

/** A rate that Istio does not apply as it is written. */
export type RateCorrection = "above100" | "outOfRange" | "zeroIgnored";

/**
 * The setting that decides how much is recorded. Compare its fields; {@link describeDecision} is for people only.
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
    meshConfigAtStart: "defaultConfig of the mesh configuration when the pod started",
};
const CORRECTIONS: Record<RateCorrection, string> = {
    above100: ", where more than 100 counts as 1",
    outOfRange: ", where what is out of range counts as 1",
    zeroIgnored: "; tracing.sampling 0 counts for nothing",
};

/** The rates that Istio does not apply as they are written. */
export function correctionsOf(decision: SamplingDecision): RateCorrection[] {
    return "corrections" in decision ? decision.corrections : [];
}

/**
 * A decision in words.
 *
 * @param nameField how a field of a Telemetry is called. @default `Telemetry NAMESPACE/NAME, FIELD`
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
            return `Istio's default, since nothing sets a rate${corrected}`;
        case "providerSampler":
            return `the sampler of the provider "${decision.provider}", which gets every trace`;
        case "none":
            return decision.missing === "tracing"
                ? "no Telemetry and no defaultProviders sets tracing up"
                : "no Telemetry and no defaultProviders names a tracing provider";
    }
}

function nameTelemetryField({ object: { namespace, name }, field }: TelemetryDecision): string {
    return `Telemetry ${namespace}/${name}, ${field}`;
}

function describeProblem(problem: ProviderProblem | undefined): string {
    if (problem === undefined) return "";
    return problem.reason === "missing"
        ? `: the mesh configuration has no provider "${problem.provider}"`
        : `: the provider "${problem.provider}" takes no traces`;
}
