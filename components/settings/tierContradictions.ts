import {
    evictionFreeTraces,
    leastMemory,
    longestWait,
    samplerNeeds,
    type SamplerSize,
} from "../../checks/collector/tierSizing";
import { imageTag } from "../../checks/workload/images";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import type { CollectorTier } from "../tier";
import { PROVEN_COLLECTOR_LINE } from "../versions";
import type { Settings } from "./complete";
import { samplingRange } from "./metrics";
import type { ParsedSettings } from "./parse";
import { showSetting, type SettingsProblem } from "./problems";
import { samplerLoad, samplerSize } from "./tier";
import { findBaselineProblems, findKeepProblems } from "./tierPolicies";

/** What the settings of the tier say against each other, and against those of the mesh, Jaeger and metrics. */
export function findTierContradictions(given: ParsedSettings, settings: Settings): SettingsProblem[] {
    const { tier } = settings;
    if (tier === undefined) return [];
    const head = samplingRange(given).highestPercent;
    return [
        ...findTierProblems(tier, settings.jaeger.deploy),
        ...findHeaderProblems(tier, given.collectorTierHeaders),
        ...findBaselineProblems(tier, head),
        ...findSizeProblems(tier, head, settings.resources.sampler.limits.memory),
        ...findMeshProblems(given),
        ...versionProblems(given["collectorTier.anyVersion"], settings.images.collector),
        ...(tier.keep !== undefined && settings.metrics !== undefined ? [metricsBehindSampling(settings)] : []),
    ];
}

/** What the settings of the tier alone say against each other. */
export function findTierProblems(tier: CollectorTier, hasJaeger: boolean): SettingsProblem[] {
    return [
        ...(tier.layout === "split" && tier.keep === undefined ? [nothingToDecide()] : []),
        ...findKeepProblems(tier),
        ...replicaProblems(tier),
        ...graceProblems(tier),
        ...backendProblems(tier, hasJaeger),
    ];
}

function nothingToDecide(): SettingsProblem {
    return {
        key: "collectorTier.keep",
        expected:
            "rules in collectorTier.keep with the layout split, whose routers serve to collect the spans of a trace",
        got: "nothing, which keeps every trace",
        next: "set collectorTier.keep, such as { slowMs: 1000, restPercent: 1 }, or set collectorTier.layout to single",
    };
}

function replicaProblems({ routers }: CollectorTier): SettingsProblem[] {
    if (routers.min <= routers.max) return [];
    return [
        {
            key: "collectorTier.routers.max",
            expected: `at least collectorTier.routers.min, ${String(routers.min)}`,
            got: String(routers.max),
            next: "raise max or lower min",
        },
    ];
}

/** Seconds that a sampler needs beside its wait, to send what it has decided. */
const SENDING_SECONDS = 10;

function graceProblems({ decisionWaitSeconds, gracePeriodSeconds }: CollectorTier): SettingsProblem[] {
    const least = decisionWaitSeconds + SENDING_SECONDS;
    if (gracePeriodSeconds >= least) return [];
    return [
        {
            key: "collectorTier.gracePeriodSeconds",
            expected: `at least ${String(least)}: collectorTier.decisionWaitSeconds (${String(decisionWaitSeconds)}) and ${String(SENDING_SECONDS)} seconds to send what was decided`,
            got: String(gracePeriodSeconds),
            next: "raise collectorTier.gracePeriodSeconds or lower collectorTier.decisionWaitSeconds",
        },
    ];
}

/** Ports that mean another protocol: of Jaeger's own clients, of Zipkin, and each of OTLP's of the other. */
const PORT_SPEAKS: Record<number, string> = {
    [RECEIVER_PORTS["otlp-grpc"]]: "otlp-grpc",
    [RECEIVER_PORTS["otlp-http"]]: "otlp-http",
    [RECEIVER_PORTS.zipkin]: "zipkin",
    14250: "Jaeger's own gRPC protocol",
    14268: "Jaeger's own HTTP protocol",
};

function backendProblems({ backends }: CollectorTier, hasJaeger: boolean): SettingsProblem[] {
    const key = "collectorTier.backends";
    if (!hasJaeger && Object.keys(backends).length === 0) {
        const next = "add a back end, or set jaeger.deploy to true";
        return [{ key, expected: "one or more back ends, because jaeger.deploy is false", got: "none", next }];
    }
    return Object.entries(backends).flatMap(([name, { port, protocol, path }]) => {
        const speaks = PORT_SPEAKS[port];
        const found: SettingsProblem[] = [];
        if (name === "jaeger" && hasJaeger) {
            const expected = "another name: jaeger is the stack's own Jaeger, which gets every kept trace";
            found.push({ key: `${key}.${name}`, expected, got: "jaeger", next: "rename it, or remove it" });
        }
        if (speaks !== undefined && speaks !== protocol) {
            found.push({
                key: `${key}.${name}.address`,
                expected: `a port that accepts ${protocol}, usually ${String(RECEIVER_PORTS[protocol])}`,
                got: `port ${String(port)}, which is for ${speaks}`,
                next: `correct the port, or set ${key}.${name}.protocol`,
            });
        }
        if (path !== undefined && protocol === "otlp-grpc") {
            const next = `remove the path, or set ${key}.${name}.protocol to otlp-http`;
            found.push({
                key: `${key}.${name}.path`,
                expected: "none with otlp-grpc, which has no path",
                got: "a path",
                next,
            });
        }
        return found;
    });
}

function findHeaderProblems(tier: CollectorTier, headers: Record<string, unknown>): SettingsProblem[] {
    return Object.keys(headers)
        .filter((name) => !Object.hasOwn(tier.backends, name))
        .map((name) => ({
            key: `collectorTierHeaders.${name}`,
            expected: `one of collectorTier.backends: ${Object.keys(tier.backends).join(", ") || "there is none"}`,
            got: showSetting(name),
            next: "remove these headers, or add the back end",
        }));
}

/** Refuses what an expected load would break: traces that are evicted undecided, and memory that does not suffice. */
function findSizeProblems(tier: CollectorTier, head: number, memoryLimit: string | undefined): SettingsProblem[] {
    const load = samplerLoad(tier, head);
    if (tier.keep === undefined) return [];
    const size = samplerSize(tier, memoryLimit);
    if (load === undefined) return leastMemoryProblems(size, memoryLimit);
    const { tracesPerSecond, waitingSpans, memoryBytes } = samplerNeeds(size, load);
    const most = evictionFreeTraces(size);
    const found: SettingsProblem[] = [];
    if (tracesPerSecond > most) {
        found.push({
            key: "collectorTier.waitingTraces",
            expected: `at least ${String(Math.ceil(tracesPerSecond * longestWait(tier)))}: ${rounded(tracesPerSecond)} new traces per second of each sampler, which waits for ${String(tier.decisionWaitSeconds)} seconds and up to one more until the decision`,
            got: `${String(tier.waitingTraces)}, which is enough for ${rounded(most)} per second; the oldest would be evicted before a decision`,
            next: "raise collectorTier.waitingTraces or collectorTier.samplers, or lower collectorTier.decisionWaitSeconds",
        });
    }
    if (size.memoryLimitBytes !== undefined && memoryBytes > size.memoryLimitBytes) {
        found.push({
            key: "resources.sampler.limits.memory",
            expected: `at least ${mebibytes(memoryBytes)}: ${rounded(waitingSpans)} waiting spans of ${String(load.bytesPerSpan)} bytes in each of ${String(tier.samplers)} samplers and its tables, with room for a memory_limiter that refuses nothing`,
            got: memoryLimit ?? "",
            next: "raise resources.sampler.limits.memory or collectorTier.samplers, or lower collectorTier.decisionWaitSeconds",
        });
    }
    return found;
}

function leastMemoryProblems(size: SamplerSize, memoryLimit: string | undefined): SettingsProblem[] {
    const least = leastMemory(size);
    if (size.memoryLimitBytes === undefined || least <= size.memoryLimitBytes) return [];
    return [
        {
            key: "resources.sampler.limits.memory",
            expected: `at least ${mebibytes(least)}, which a sampler needs to remember ${String(size.waitingTraces)} traces and the decisions about earlier ones, without any waiting span`,
            got: memoryLimit ?? "",
            next: "raise resources.sampler.limits.memory, or lower collectorTier.waitingTraces",
        },
    ];
}

/** The tier decides where the mesh sends spans, and takes OTLP alone. */
function findMeshProblems(given: ParsedSettings): SettingsProblem[] {
    const taken = (key: string, got: string, next: string): SettingsProblem => ({
        ...{
            key,
            expected: "nothing, because collectorTier.enabled is true and sidecars send spans to the tier",
            got,
            next,
        },
    });
    const { collectorAddress: address, collectorHeaders: headers } = given;
    const protocol = given["collector.protocol"];
    const moved = "move it to collectorTier.backends, or set collectorTier.enabled to false";
    return [
        ...(address === undefined ? [] : [taken("collectorAddress", showSetting(address.host), moved)]),
        ...(given["collector.path"] === "" ? [] : [taken("collector.path", "a path", moved)]),
        ...(given["collector.tls"].ca === undefined ? [] : [taken("collector.tls", "TLS", moved)]),
        ...(Object.keys(headers).length === 0
            ? []
            : [
                  taken(
                      "collectorHeaders",
                      `${String(Object.keys(headers).length)} headers`,
                      "move them to collectorTierHeaders",
                  ),
              ]),
        ...(protocol !== "zipkin"
            ? []
            : [
                  {
                      key: "collector.protocol",
                      expected: "otlp-grpc or otlp-http, which the Collector tier accepts",
                      got: protocol,
                      next: "remove collector.protocol, or set collectorTier.enabled to false",
                  },
              ]),
    ];
}

function versionProblems(anyVersion: boolean, image: string): SettingsProblem[] {
    const tag = imageTag(image);
    if (anyVersion || tag?.startsWith(`${PROVEN_COLLECTOR_LINE}.`) === true) return [];
    return [
        {
            key: "images.collector",
            expected: `a tag of the ${PROVEN_COLLECTOR_LINE} line, which this project's tests cover: components and their settings differ between lines`,
            got: showSetting(image),
            next: "remove images.collector, or set collectorTier.anyVersion to true and try it first",
        },
    ];
}

function metricsBehindSampling({ metrics }: Settings): SettingsProblem {
    const key = metrics?.deploysPrometheus === true ? "metrics.deployPrometheus" : "metrics.prometheusUrl";
    return {
        key,
        expected:
            "nothing, because collectorTier.keep samples traces before Jaeger: its metrics would count only kept " +
            "traces, most of which are errors",
        got: "metrics from spans behind tail sampling",
        next: "remove it and read counts from Istio's own metrics (istio_requests_total), or remove collectorTier.keep",
    };
}

function rounded(count: number): string {
    return String(Math.round(count));
}

function mebibytes(bytes: number): string {
    return `${String(Math.ceil(bytes / 2 ** 20))}Mi`;
}
