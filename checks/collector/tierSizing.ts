import type { Finding } from "../finding";

/** Memory that a Collector uses without any trace. */
const BYTES_AT_REST = 80 * 2 ** 20;

/**
 * The part of the memory limit that may be in use for long. A memory_limiter at 80 % with a spike of 20 % refuses spans
 * from 60 % on, and counts garbage too; queues to back ends that are away need room as well.
 */
const SHARE_OF_LIMIT = 0.4;

/** Memory of a remembered decision, and of a trace whose spans are gone, in bytes: estimates from their fields. */
const BYTES_PER_DECISION = 130;
const BYTES_PER_TRACE = 300;

/** Decisions that a sampler remembers at most of one kind. */
const MOST_DECISIONS = 1_000_000;

/** Bytes of a span as it is sent, as a part of those that it takes while it waits. */
const SENT_SHARE = 1 / 3;

const SECONDS_PER_DAY = 86_400;

/** What decides how many traces a tail sampler can wait for. */
export interface SamplerSize {
    /** Samplers that share the traces. */
    samplers: number;
    /** `num_traces` of each. */
    waitingTraces: number;
    /** `decision_wait`. */
    decisionWaitSeconds: number;
    /** Memory limit of each; undefined for none. */
    memoryLimitBytes: number | undefined;
}

/** What reaches the samplers. */
export interface SamplerLoad {
    requestsPerSecond: number;
    /** Percent of new traces that the mesh records. */
    headPercent: number;
    spansPerRequest: number;
    bytesPerSpan: number;
}

/** What a load asks of each sampler, and of what is behind them. */
export interface SamplerNeeds {
    /** New traces per second of one sampler. */
    tracesPerSecond: number;
    /** Spans that one sampler holds while it waits. */
    waitingSpans: number;
    /** Memory limit that one sampler needs for them, in bytes. */
    memoryBytes: number;
    /** Spans per second that the mesh sends. */
    spansPerSecond: number;
}

/**
 * Seconds that a trace waits at most: the processor decides once a second, about all traces that have waited long enough.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/processor/tailsamplingprocessor/v0.161.0/processor/tailsamplingprocessor/processor.go (tickerFrequency)
 */
export function longestWait({ decisionWaitSeconds }: Pick<SamplerSize, "decisionWaitSeconds">): number {
    return decisionWaitSeconds + 1;
}

/** New traces per second up to which one sampler evicts none undecided. */
export function evictionFreeTraces(size: SamplerSize): number {
    return size.waitingTraces / longestWait(size);
}

/** Decisions that a sampler remembers of traces that have left its memory: fewer are kept than dropped. */
export function cachedDecisions(waitingTraces: number): { kept: number; dropped: number } {
    return { kept: Math.min(waitingTraces, MOST_DECISIONS), dropped: Math.min(10 * waitingTraces, MOST_DECISIONS) };
}

/** Memory limit that a sampler needs without a waiting span, in bytes, once it remembers all that it may. */
export function leastMemory({ waitingTraces }: Pick<SamplerSize, "waitingTraces">): number {
    return limitFor(0, waitingTraces);
}

function limitFor(spanBytes: number, waitingTraces: number): number {
    const { kept, dropped } = cachedDecisions(waitingTraces);
    const remembered = (kept + dropped) * BYTES_PER_DECISION + waitingTraces * BYTES_PER_TRACE;
    return (spanBytes + remembered + BYTES_AT_REST) / SHARE_OF_LIMIT;
}

/** What a load asks of samplers. */
export function samplerNeeds(size: SamplerSize, load: SamplerLoad): SamplerNeeds {
    const traces = (load.requestsPerSecond * load.headPercent) / 100;
    const tracesPerSecond = traces / size.samplers;
    const waitingSpans = tracesPerSecond * longestWait(size) * load.spansPerRequest;
    return {
        ...{ tracesPerSecond, waitingSpans, spansPerSecond: traces * load.spansPerRequest },
        memoryBytes: limitFor(waitingSpans * load.bytesPerSpan, size.waitingTraces),
    };
}

/** Which shares of all requests are kept, in percent, by what they are. */
export interface KeptShares {
    /** Of traces that a rule wants: the head rate, which no tail sampler can raise. */
    wantedPercent: number;
    /** Of all other traces. */
    restPercent: number;
}

/** What is left of requests after the sampling of the mesh and that of the tier. */
export function keptShares(headPercent: number, restPercent: number): KeptShares {
    return { wantedPercent: headPercent, restPercent: (headPercent * restPercent) / 100 };
}

/**
 * What is stored in a day, if no trace but the rest is kept: errors and slow traces come on top of it.
 *
 * @param mostSpansPerSecond what a ceiling lets pass of the rest.
 */
export function storedPerDay(
    load: SamplerLoad,
    restPercent: number,
    mostSpansPerSecond = Infinity,
): { spans: number; bytes: number } {
    const share = keptShares(load.headPercent, restPercent).restPercent / 100;
    const wanted = load.requestsPerSecond * load.spansPerRequest * share;
    const spans = Math.min(wanted, mostSpansPerSecond) * SECONDS_PER_DAY;
    return { spans, bytes: spans * load.bytesPerSpan * SENT_SHARE };
}

/** Reports a mesh that throws traces away before a tail sampler can want them. */
export function checkHeadRate(headPercent: number, isWanted: boolean): Finding[] {
    if (!isWanted || headPercent >= 100) return [];
    const share = String(headPercent);
    const needed =
        headPercent <= 0
            ? ""
            : ` To see one of them with a probability of 95 %, at least ${String(toSeeOne(headPercent))} must occur.`;
    return [
        {
            id: "tail-sampling-head-rate",
            severity: "warning",
            resource: "samplingPercent",
            expected: "100, because collectorTier.keep decides which traces are kept",
            got:
                `${share}: ${share} % of the errors and of the slow requests reach the tier, regardless of its ` +
                `rules.${needed}`,
            cure:
                "Set samplingPercent to 100. Sidecars then spend CPU time on recording each request, and send " +
                `${headPercent <= 0 ? "all" : `${String(Math.round(100 / headPercent))} times as many`} spans; docs/scale.md has the sizes.`,
        },
    ];
}

/** Requests of which at least one is recorded with 95 % probability. */
function toSeeOne(headPercent: number): number {
    return Math.ceil(Math.log(0.05) / Math.log(1 - headPercent / 100));
}
