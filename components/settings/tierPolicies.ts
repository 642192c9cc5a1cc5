import { ceilingShares, POLICY_NAMES, restWithinCeiling, wantedPolicies } from "../render/tailSampling";
import type { CollectorTier, KeepRules } from "../tier";
import { showSetting, type SettingsProblem } from "./problems";
import { findTypeProblems } from "./tierPolicyTypes";

const KEY = "collectorTier.keep";

/** Spans of a request where collectorTier.expected does not tell them. */
const USUAL_SPANS = 10;

/** What the rules of a tier say against each other. */
export function findKeepProblems(tier: CollectorTier): SettingsProblem[] {
    const { keep } = tier;
    if (keep === undefined) return [];
    return [
        ...(wantedPolicies(keep).length === 0 ? [keepsNothing()] : []),
        ...slowProblems(keep),
        ...matchProblems(keep),
        ...policyProblems(keep),
        ...ceilingProblems(tier, keep),
    ];
}

function keepsNothing(): SettingsProblem {
    return {
        key: KEY,
        expected: "one or more rules that keep traces",
        got: "none: errors is false, restPercent is 0, and nothing else is set",
        next: "set for example errors to true or restPercent to 1; samplingPercent 0 reports no spans at all",
    };
}

/** A service's own limit means something only below the one for all. */
function slowProblems({ slowMs, slowServices }: KeepRules): SettingsProblem[] {
    if (slowMs === undefined) return [];
    return Object.entries(slowServices).flatMap(([service, ms]) =>
        ms < slowMs
            ? []
            : [
                  {
                      key: `${KEY}.slowServices.${service}`,
                      expected: `less than ${KEY}.slowMs, ${String(slowMs)} ms, above which every trace is already kept`,
                      got: `${String(ms)} ms`,
                      next: "lower it, remove it, or raise slowMs",
                  },
              ],
    );
}

function matchProblems({ always, never }: KeepRules): SettingsProblem[] {
    return always.flatMap(({ attribute, values }, index) => {
        const dropped = never.filter((other) => other.attribute === attribute).flatMap((other) => other.values);
        const both = values.filter((value) => dropped.includes(value));
        if (both.length === 0) return [];
        return [
            {
                key: `${KEY}.always.${String(index)}`,
                expected: `values of ${attribute} that ${KEY}.never does not drop`,
                got: both.map((value) => showSetting(value)).join(", "),
                next: "remove them from always or from never; never takes precedence",
            },
        ];
    });
}

function policyProblems({ policies, maxSpansPerSecond }: KeepRules): SettingsProblem[] {
    const own = Object.values(POLICY_NAMES);
    return policies.flatMap((policy, index) => {
        const key = `${KEY}.policies.${String(index)}`;
        const name = String(policy["name"]);
        const isOwn = own.some((one) => name === one || name.startsWith(`${one}-`));
        const isTwice = policies.findIndex((other) => other["name"] === name) < index;
        const found: SettingsProblem[] = [];
        if (isOwn || isTwice) {
            const expected = `a unique name that does not start with ${own.join(", ")}`;
            found.push({ key: `${key}.name`, expected, got: showSetting(name), next: "choose another name" });
        }
        return [...found, ...findTypeProblems(policy, key, maxSpansPerSecond !== undefined)];
    });
}

/** A ceiling that no trace passes. */
function ceilingProblems({ samplers, expected }: CollectorTier, keep: KeepRules): SettingsProblem[] {
    const ceiling = keep.maxSpansPerSecond;
    if (ceiling === undefined) return [];
    const key = `${KEY}.maxSpansPerSecond`;
    const shares = Object.values(ceilingShares(wantedPolicies(keep).map(({ name }) => String(name))));
    const spans = expected?.spansPerRequest ?? USUAL_SPANS;
    const smallest = Math.min(...shares, 100);
    if (smallest === 0) {
        const got = `${String(shares.length)} rules`;
        const next = `put values of one attribute into one rule, or remove ${key}`;
        return [
            {
                key,
                expected: "so few rules that each gets at least 1 % of the ceiling, not counting the 20 % of the rest",
                got,
                next,
            },
        ];
    }
    const least = Math.ceil((spans * 100 * samplers) / smallest);
    if (ceiling >= least) return [];
    return [
        {
            key,
            expected: `at least ${String(least)}: each of ${String(samplers)} samplers gives its smallest rule ${String(smallest)} % of its part, and a trace of ${String(spans)} spans must pass`,
            got: String(ceiling),
            next: "raise it, or lower collectorTier.samplers; a trace with more spans than that never passes",
        },
    ];
}

/** A ceiling whose part for the rest is below what the rest comes to, of the percentage that the mesh records. */
export function findBaselineProblems({ keep, expected }: CollectorTier, headPercent: number): SettingsProblem[] {
    if (keep?.maxSpansPerSecond === undefined || expected === undefined) return [];
    const passing = restWithinCeiling(keep);
    const share = (headPercent * keep.restPercent) / 100 / 100;
    const baseline = expected.requestsPerSecond * expected.spansPerRequest * share;
    if (passing >= baseline) return [];
    const least = Math.ceil((baseline * keep.maxSpansPerSecond) / passing);
    return [
        {
            key: `${KEY}.maxSpansPerSecond`,
            expected: `at least ${String(least)}: with collectorTier.expected, the rest comes to ${String(Math.ceil(baseline))} spans per second, and gets ${String(Math.floor(passing))}`,
            got: String(keep.maxSpansPerSecond),
            next: `raise it, or lower ${KEY}.restPercent`,
        },
    ];
}
