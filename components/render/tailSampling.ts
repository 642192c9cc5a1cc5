import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { PROBE_AGENT } from "../../shared/names/probe";
import type { AttributeMatch, KeepRules } from "../tier";
import { literalText, literalValues } from "./literalText";

/** Names of the policies that the program writes; a number or a service follows some of them. */
export const POLICY_NAMES = {
    probe: "doctor-probe",
    never: "never",
    always: "always",
    errors: "errors",
    slow: "slow",
    rest: "rest",
    ceiling: "ceiling",
} as const;

/** Spans of the doctor's probes: of all samplers together, and what each takes at once. */
const PROBE_LIMIT = { spansPerSecond: 200, burst: 10_000 };

/** Percent of a ceiling that the rest gets where other rules want traces as well. */
const SHARE_OF_REST = 20;

/**
 * Server faults. Envoy marks every client span with a status from 400 on as an error, so a client span counts only with a
 * status from 500 on, or without any answer. It writes the status as text; IsMatch takes numbers too.
 *
 * Source: https://github.com/envoyproxy/envoy/blob/main/source/extensions/tracers/opentelemetry/tracer.cc
 */
const SERVER_FAULTS = [
    "span.kind == SPAN_KIND_SERVER and span.status.code == STATUS_CODE_ERROR",
    'span.kind == SPAN_KIND_CLIENT and span.status.code == STATUS_CODE_ERROR and IsMatch(span.attributes["http.status_code"], "^(0|5[0-9][0-9])$")',
    'span.kind == SPAN_KIND_CLIENT and span.status.code == STATUS_CODE_ERROR and IsMatch(span.attributes["grpc.status_code"], "^(2|4|12|13|14|15)$")',
];

/**
 * Policies of the tail_sampling processor. They are ORed, so a policy that limits a rate would add traces: a ceiling is a
 * composite policy around all others instead. It applies to each sampler by itself.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.161.0/processor/tailsamplingprocessor
 */
export function renderPolicies(keep: KeepRules, samplers: number): PlainObject[] {
    const drops = [...renderNever(keep.never), ...furtherPolicies(keep, true)];
    const wants = wantedPolicies(keep);
    const ceiling = keep.maxSpansPerSecond;
    return [
        ...drops,
        renderProbe(samplers),
        ...(ceiling === undefined ? wants : [renderCeiling(wants, Math.floor(ceiling / samplers))]),
    ];
}

/** The policies that want traces, in the order in which a ceiling asks them. */
export function wantedPolicies(keep: KeepRules): PlainObject[] {
    const { errors, slowMs, slowServices, restPercent } = keep;
    return [
        ...keep.always.map(({ attribute, values }, index) =>
            match(`${POLICY_NAMES.always}-${String(index + 1)}`, { key: attribute, values: values.map(literalText) }),
        ),
        ...(errors ? [condition(POLICY_NAMES.errors, SERVER_FAULTS)] : []),
        ...(slowMs === undefined
            ? []
            : [{ name: POLICY_NAMES.slow, type: "latency", latency: { threshold_ms: slowMs } }]),
        ...Object.entries(slowServices).map(([service, ms]) => slowService(service, ms)),
        ...furtherPolicies(keep, false),
        ...(restPercent === 0
            ? []
            : [
                  {
                      name: POLICY_NAMES.rest,
                      type: "probabilistic",
                      probabilistic: { sampling_percentage: restPercent },
                  },
              ]),
    ];
}

/** Percent of a ceiling that each policy has for itself, by name; together at most 100. */
export function ceilingShares(names: string[]): Record<string, number> {
    const others = names.filter((name) => name !== POLICY_NAMES.rest);
    const hasRest = others.length < names.length;
    const ofRest = others.length === 0 ? 100 : SHARE_OF_REST;
    const each = Math.floor((100 - (hasRest ? ofRest : 0)) / Math.max(others.length, 1));
    return Object.fromEntries(names.map((name) => [name, name === POLICY_NAMES.rest ? ofRest : each]));
}

/** Keeps the doctor's probes, which are few. Anybody can send its user agent, so it has a limit of its own. */
function renderProbe(samplers: number): PlainObject {
    const { spansPerSecond, burst } = PROBE_LIMIT;
    const agent = { key: "user_agent", values: [`^${PROBE_AGENT}/`], enabled_regex_matching: true };
    const limit = { spans_per_second: Math.ceil(spansPerSecond / samplers), burst_capacity: burst };
    const both = [
        match(`${POLICY_NAMES.probe}-agent`, agent),
        { name: `${POLICY_NAMES.probe}-limit`, type: "rate_limiting", rate_limiting: limit },
    ];
    return { name: POLICY_NAMES.probe, type: "and", and: { and_sub_policy: both } };
}

/** The policies of the user's own, either those that drop traces or all others. */
function furtherPolicies({ policies }: KeepRules, drops: boolean): PlainObject[] {
    const wanted = policies.filter(({ type }) => (type === "drop") === drops);
    return wanted.map(literalValues).filter(isPlainObject);
}

/** Spans per second of the rest that a ceiling lets pass; Infinity without a ceiling. */
export function restWithinCeiling(keep: KeepRules): number {
    if (keep.maxSpansPerSecond === undefined) return Infinity;
    const shares = ceilingShares(wantedPolicies(keep).map(({ name }) => String(name)));
    return (keep.maxSpansPerSecond * (shares[POLICY_NAMES.rest] ?? 0)) / 100;
}

function renderNever(never: AttributeMatch[]): PlainObject[] {
    return never.map(({ attribute, values }, index) => {
        const name = `${POLICY_NAMES.never}-${String(index + 1)}`;
        return {
            name,
            type: "drop",
            drop: { drop_sub_policy: [match(`${name}-match`, { key: attribute, values: values.map(literalText) })] },
        };
    });
}

function renderCeiling(wants: PlainObject[], maxSpansPerSecond: number): PlainObject {
    const names = wants.map(({ name }) => String(name));
    const shares = ceilingShares(names);
    return {
        name: POLICY_NAMES.ceiling,
        type: "composite",
        composite: {
            max_total_spans_per_second: maxSpansPerSecond,
            policy_order: names,
            composite_sub_policy: wants,
            rate_allocation: Object.entries(shares).map(([policy, percent]) => ({ policy, percent })),
        },
    };
}

function slowService(service: string, ms: number): PlainObject {
    const nanoseconds = String(ms * 1_000_000);
    return condition(`${POLICY_NAMES.slow}-${service}`, [
        `resource.attributes["service.name"] == "${service}" and ` +
            `span.end_time_unix_nano - span.start_time_unix_nano >= ${nanoseconds}`,
    ]);
}

function match(name: string, attribute: PlainObject): PlainObject {
    return { name, type: "string_attribute", string_attribute: attribute };
}

function condition(name: string, span: string[]): PlainObject {
    return { name, type: "ottl_condition", ottl_condition: { error_mode: "ignore", span } };
}
