import {
    evictionFreeTraces,
    keptShares,
    longestWait,
    samplerNeeds,
    storedPerDay,
} from "../checks/collector/tierSizing";
import { restWithinCeiling } from "./render/tailSampling";
import type { Settings } from "./settings";
import { samplingRange } from "./settings/metrics";
import { samplerLoad, samplerSize } from "./settings/tier";
import type { CollectorTier } from "./tier";

/** What a Collector tier amounts to, as lines for a preview. */
export function describeTier(settings: Settings): string[] {
    const { tier, samplingPercent } = settings;
    if (tier?.keep === undefined) return [];
    return [describeShares(tier.keep, samplingPercent), describeSize(settings, tier), ...describeLoad(settings, tier)];
}

function describeShares(keep: NonNullable<CollectorTier["keep"]>, head: number): string {
    const { wantedPercent, restPercent } = keptShares(head, keep.restPercent);
    const slow = keep.slowMs !== undefined || Object.keys(keep.slowServices).length > 0;
    const kinds = [...(keep.errors ? ["errors"] : []), ...(slow ? ["slow requests"] : [])];
    const wanted = kinds.length === 0 ? "what collectorTier.keep matches" : kinds.join(" and ");
    const ceiling =
        keep.maxSpansPerSecond === undefined
            ? ""
            : `, but no more than ${count(keep.maxSpansPerSecond)} spans per second in all`;
    return (
        `Collector tier: of ${wanted}, ${percent(wantedPercent)} of the requests are kept, of all others ` +
        `${percent(restPercent)} (${percent(head)} in the mesh x ${percent(keep.restPercent)} in the tier)${ceiling}.`
    );
}

function describeSize(settings: Settings, tier: CollectorTier): string {
    const size = samplerSize(tier, settings.resources.sampler.limits.memory);
    return (
        `Collector tier: each of ${String(tier.samplers)} samplers remembers ${count(tier.waitingTraces)} traces and ` +
        `decides after ${String(tier.decisionWaitSeconds)} to ${String(longestWait(tier))} s, so above ` +
        `${count(evictionFreeTraces(size))} new traces per second, it evicts traces before a decision.`
    );
}

function describeLoad(settings: Settings, tier: CollectorTier): string[] {
    const load = samplerLoad(tier, samplingRange(settings).highestPercent);
    if (load === undefined || tier.keep === undefined) return [];
    const needs = samplerNeeds(samplerSize(tier, undefined), load);
    const { spans, bytes } = storedPerDay(load, tier.keep.restPercent, restWithinCeiling(tier.keep));
    return [
        `Collector tier: ${count(load.requestsPerSecond)} requests per second of ${count(load.spansPerRequest)} spans are ` +
            `${count(needs.spansPerSecond)} spans per second, and ${count(needs.tracesPerSecond)} new traces per second of each ` +
            `sampler, which holds ${count(needs.waitingSpans)} spans and needs a memory limit of ` +
            `${count(Math.ceil(needs.memoryBytes / 2 ** 20))} MiB. Besides errors and slow requests, about ` +
            `${count(spans)} spans a day are stored, ${(bytes / 1e9).toFixed(1)} GB as they are sent.`,
    ];
}

function percent(share: number): string {
    return `${String(Number(share.toPrecision(3)))} %`;
}

function count(amount: number): string {
    return String(Math.round(amount)).replace(/\B(?=(\d{3})+$)/g, " ");
}
