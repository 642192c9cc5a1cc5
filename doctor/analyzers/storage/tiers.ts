import type { Evidence } from "../../evidence";
import { grownBy, type TierEvidence } from "../../evidence/tiers";
import { fullName, isReady, listNames } from "../../inventory/mesh";
import { kindOf, nameOfFile, pipelinesOf, type CollectorFile } from "../../inventory/collectorPipelines";
import { PROBE_AGENT } from "../../../shared/names/probe";
import { listAt, textAt } from "../../../shared/values/plainObjects";
import { editFile } from "../../remediation/collectorFile";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";

type Cause = Omit<Draft, "values">;

/** Faults of the tiers of Collectors between the mesh and the storage, the first one on a span's way first. */
export function tierFindings(evidence: Evidence, values: Record<string, string>): DoctorFinding[] {
    const { tiers = [], probes } = evidence;
    const arrived = probes.every(({ seen }) => seen);
    const causes = tiers.flatMap((tier, index): Cause[] => [
        ...withoutSampler(tier, tiers[index + 1]),
        // The first tier is the collector of the mesh, which has a segment of its own.
        ...(index === 0 ? [] : refusing(tier)),
        ...overflowing(tier),
        ...evicting(tier),
        ...(arrived ? [] : dropping(tier)),
    ]);
    return causes.map((cause) => draftFor("storage")({ ...cause, values }));
}

/** What is known of tiers, for people. */
export function describeTiers({ tiers = [] }: Evidence): Record<string, string> {
    if (tiers.length < 2 && tiers.every((tier) => samplersIn(tier).length === 0)) return {};
    const shown = tiers.map((tier) => {
        const decided =
            samplersIn(tier).length === 0
                ? ""
                : `, kept ${String(grownBy(tier, "kept"))} and not ${String(grownBy(tier, "notKept"))} traces`;
        return `${nameOf(tier)} accepted ${String(grownBy(tier, "accepted"))} spans${decided}`;
    });
    return { "tiers meanwhile": shown.join("; ") };
}

function withoutSampler(tier: TierEvidence, next: TierEvidence | undefined): Cause[] {
    const ready = next?.pods.filter(isReady) ?? [];
    const isEmpty = next !== undefined && ready.length === 0;
    // The gauge keeps its last value when the last sampler goes.
    if (tier.after.backends !== 0 && !isEmpty) return [];
    return [
        {
            id: "tier-without-samplers",
            resource: nameOf(tier),
            expected: "routers that find the samplers behind them",
            got:
                ready.length === 0
                    ? `no ready pod behind ${next === undefined ? "it" : nameOf(next)}`
                    : `no backend (otelcol_loadbalancer_num_backends is 0), although ${listNames(ready)} ${ready.length === 1 ? "is" : "are"} ready`,
            cure:
                ready.length === 0
                    ? "Start the samplers, or correct the selector of their Service."
                    : "Give the routers' service account the rights get, list and watch on endpointslices (discovery.k8s.io) in the samplers' namespace and restart them, or use the resolver dns; check that the resolver names that Service.",
            standing: true,
        },
    ];
}

function refusing(tier: TierEvidence): Cause[] {
    const refused = grownBy(tier, "refused");
    if (refused === 0) return [];
    return [
        {
            id: "tier-refuses",
            resource: nameOf(tier),
            expected: "a tier that accepts every span",
            got: `${String(refused)} refused and ${String(grownBy(tier, "accepted"))} accepted spans`,
            cure: "Its memory_limiter has no room. Give it more memory or more replicas, or lower decision_wait. Stack settings: resources.sampler, collectorTier.samplers, collectorTier.decisionWaitSeconds.",
        },
    ];
}

function overflowing(tier: TierEvidence): Cause[] {
    const lost = grownBy(tier, "overflowed");
    if (lost === 0) return [];
    return [
        {
            id: "tier-queue-full",
            resource: nameOf(tier),
            expected: "a sending queue with room",
            got: `${String(lost)} spans that the full queue dropped`,
            cure: "What is behind it is too slow or away: check its pods and their log. A larger sending_queue only bridges a short time.",
        },
    ];
}

function evicting(tier: TierEvidence): Cause[] {
    const evicted = grownBy(tier, "evicted");
    if (evicted === 0) return [];
    return [
        {
            id: "traces-evicted-undecided",
            resource: nameOf(tier),
            expected: "traces that stay in memory until they are decided about",
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
                `${name} decided not to keep ${String(notKept)} traces meanwhile, on purpose: no policy wanted them (${known})` +
                (drops.length === 0 ? "" : `, or ${drops.join(", ")} dropped them`),
            cure: `Add a policy that keeps traces whose user_agent starts with ${PROBE_AGENT}/, so that the doctor can follow its requests.`,
            standing: true,
            commands: marked ? [] : editFile(file, edits, tier.pods),
        },
    ];
}

interface Sampler {
    file: CollectorFile;
    name: string;
    policies: Record<string, unknown>[];
}

function samplersIn({ files }: TierEvidence): Sampler[] {
    return files.flatMap((file) => {
        const names = pipelinesOf(file.config).flatMap(({ processors }) => processors);
        return [...new Set(names)]
            .filter((name) => kindOf(name) === "tail_sampling")
            .map((name) => ({
                ...{ file, name },
                policies: listAt(file.config, "processors", name, "policies"),
            }));
    });
}

function nameOf({ service }: TierEvidence): string {
    return service === undefined ? "collector" : `Service ${fullName(service)}`;
}
