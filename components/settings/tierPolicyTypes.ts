import { isPlainObject, listAt, mapAt, type PlainObject } from "../../shared/values/plainObjects";
import { showSetting, type SettingsProblem } from "./problems";

/** Types without settings. */
const BARE = ["always_sample", "trace_flags"];

/** Types that may stand in every other policy. */
const SIMPLE = [
    ...BARE,
    ...["latency", "numeric_attribute", "probabilistic", "status_code", "string_attribute", "rate_limiting"],
    ...["bytes_limiting", "span_count", "trace_state", "boolean_attribute", "ottl_condition"],
];

/** Types that contain others: the name of their part with these, and which ones may stand there. */
const CONTAINERS: Record<string, { part: string; types: string[] }> = {
    composite: { part: "composite_sub_policy", types: [...SIMPLE, "and"] },
    and: { part: "and_sub_policy", types: [...SIMPLE, "not"] },
    drop: { part: "drop_sub_policy", types: [...SIMPLE, "not"] },
    not: { part: "not_sub_policy", types: SIMPLE },
};

/**
 * Types that a further policy may have.
 *
 * @param inCeiling true if all policies that want traces stand in one composite policy.
 */
function furtherTypes(inCeiling: boolean): string[] {
    return inCeiling ? [...SIMPLE, "and", "drop"] : [...SIMPLE, ...Object.keys(CONTAINERS)];
}

/**
 * Policies of a type that the tail_sampling processor does not know where they stand, or without its settings. With one
 * of them, a Collector does not start.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.161.0/processor/tailsamplingprocessor/config.go
 */
export function findTypeProblems(policy: PlainObject, key: string, inCeiling: boolean): SettingsProblem[] {
    const why = inCeiling ? "with maxSpansPerSecond, which puts all policies into a composite one, " : "";
    return typeProblems(policy, key, { why, types: furtherTypes(inCeiling) });
}

function typeProblems(policy: PlainObject, key: string, known: { why: string; types: string[] }): SettingsProblem[] {
    const type = String(policy["type"]);
    if (!known.types.includes(type)) {
        const expected = `${known.why}one of ${known.types.join(", ")}`;
        const next = "correct it, or remove the policy; see the processor's documentation";
        return [{ key: `${key}.type`, expected, got: showSetting(policy["type"]), next }];
    }
    if (!BARE.includes(type) && !isPlainObject(policy[type])) {
        const expected = `an object ${type} with the settings of the policy`;
        return [{ key, expected, got: showSetting(policy[type]), next: "see the processor's documentation" }];
    }
    const container = CONTAINERS[type];
    if (container === undefined) return [];
    const { part, types } = container;
    const inside = type === "not" ? [mapAt(policy, type, part)] : listAt(policy, type, part);
    return inside.flatMap((one, index) =>
        typeProblems(one, `${key}.${type}.${part}${type === "not" ? "" : `.${String(index)}`}`, { why: "", types }),
    );
}
