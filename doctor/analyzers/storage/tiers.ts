import type { Evidence } from "../../evidence";
import { grownBy, type TierEvidence } from "../../evidence/tiers";
import { nameOfFile } from "../../inventory/collectorPipelines";
import { describeUnread } from "../../inventory/otherSyntax";
import { PROBE_AGENT } from "../../../shared/names/probe";
import { textAt } from "../../../shared/values/plainObjects";
import { editFile } from "../../remediation/collectorFile";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { overflowing, stuck } from "./tierExports";
import { filtered } from "./tierFilters";
import { nameOf, samplersIn, type Cause } from "./tierParts";
import { refusing } from "./tierRefusals";
import { waysToNext } from "./tierWays";

/** Faults of the tiers of Collectors between the mesh and the storage, the first one on a span's way first. */
export function tierFindings(evidence: Evidence, values: Record<string, string>): DoctorFinding[] {
    const { tiers = [], probes } = evidence;
    const arrived = probes.every(({ seen }) => seen);
    const causes = tiers.flatMap((tier, index): Cause[] => [
        ...waysToNext(tier, tiers[index + 1], evidence),
        // The first tier is the collector of the mesh, which has a segment of its own.
        ...(index === 0 ? [] : refusing(tier)),
        ...overflowing(tier),
        // A lone Collector without decisions is judged by its own counts.
        ...(index === tiers.length - 1 && (index > 0 || samplersIn(tier).length > 0)
            ? stuck(tier, evidence.discovery)
            : []),
        ...evicting(tier),
        ...(arrived ? [] : dropping(tier)),
        ...filtered(tier, evidence),
    ]);
    return causes.map((cause) => draftFor("storage")({ ...cause, values }));
}

/** What is known of tiers, for people. */
export function describeTiers({ tiers = [] }: Evidence): Record<string, string> {
    const unread = unreadTier({ tiers });
    const note: Record<string, string> = unread === undefined ? {} : { "not read": unread };
    if (tiers.length < 2 && tiers.every((tier) => samplersIn(tier).length === 0)) return note;
    const shown = tiers.map((tier) => {
        if (Object.keys(tier.after).length === 0) return `${nameOf(tier)} shows no counters`;
        const decided =
            samplersIn(tier).length === 0
                ? ""
                : `, kept ${String(grownBy(tier, "kept"))} and not ${String(grownBy(tier, "notKept"))} traces`;
        return `${nameOf(tier)} accepted ${String(grownBy(tier, "accepted"))} spans${decided}`;
    });
    return { "tiers meanwhile": shown.join("; "), ...note };
}

/** What is not known of the first tier whose configuration is not read, for people; undefined if there is none. */
export function unreadTier({ tiers = [] }: Pick<Evidence, "tiers">): string | undefined {
    return describeUnread(tiers.flatMap(({ pods }) => pods));
}

function evicting(tier: TierEvidence): Cause[] {
    const evicted = grownBy(tier, "evicted");
    if (evicted === 0) return [];
    return [
        {
            id: "traces-evicted-undecided",
            resource: nameOf(tier),
            expected: "traces that stay in memory until the decision",
            got: `${String(evicted)} traces that tail_sampling evicted before its decision`,
            cure: "Raise num_traces, or lower decision_wait, or add samplers. Stack settings: collectorTier.waitingTraces, collectorTier.decisionWaitSeconds, collectorTier.samplers.",
        },
    ];
}

/** Traces of the doctor that a tier has seen and has decided not to keep, if the counts say so. */
function dropping(tier: TierEvidence): Cause[] {
    const notKept = grownBy(tier, "notKept");
    const [sampler] = samplersIn(tier);
    if (sampler === undefined || notKept === 0) return [];
    const { file, name, policies } = sampler;
    const drops = policies
        .filter((policy) => textAt(policy, "type") === "drop")
        .map((policy) => textAt(policy, "name"));
    const known = policies.flatMap((policy) => textAt(policy, "name") ?? []).join(", ");
    const marked = JSON.stringify(policies).includes(PROBE_AGENT);
    // The doctor's own are kept, so that these are others.
    if (marked && drops.length === 0) return [];
    const probe = {
        ...{ name: "doctor-probe", type: "string_attribute" },
        string_attribute: { key: "user_agent", values: [`^${PROBE_AGENT}/`], enabled_regex_matching: true },
    };
    const edits = [{ keys: ["processors", name, "policies"], value: [probe, ...policies] }];
    return [
        {
            id: "dropped-by-tail-sampling",
            resource: nameOfFile(file),
            expected: "a policy that keeps the doctor's traces, by their user agent",
            got:
                `${name} decided not to keep ${String(notKept)} traces, on purpose: no policy matched them (${known})` +
                (drops.length === 0 ? "" : `, or ${drops.join(", ")} dropped them`),
            cure: `Add a policy that keeps traces whose user_agent starts with ${PROBE_AGENT}/, so that the doctor can follow its requests.`,
            standing: true,
            commands: marked ? [] : editFile(file, edits, tier.pods),
        },
    ];
}
