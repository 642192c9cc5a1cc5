import { checkCollectorHeaders, checkCollectorPort } from "../checks/collector/settings";
import { checkHeadRate } from "../checks/collector/tierSizing";
import type { Finding } from "../checks/finding";
import { undiscovered } from "../checks/mesh/discoverySelectors";
import { checkImagePinned } from "../checks/workload/images";
import { checkTracesWorthKeeping } from "../checks/jaeger/durableStorage";
import { mapAt } from "../shared/values/plainObjects";
import { tracingProvidersOf } from "../checks/mesh/configuration";
import {
    checkClientFlag,
    checkNamespaceTracing,
    checkStrictWithoutSidecars,
} from "../checks/telemetry/samplingSettings";
import { checkTraceIdLogged } from "../checks/telemetry/accessLog";
import { checkSampledMetrics } from "../checks/telemetry/sampledMetrics";
import { checkCustomTags } from "../checks/telemetry/secretHeaders";
import { checkTraceMemory } from "../checks/jaeger/traceMemory";
import { checkProviderHeaders } from "../checks/telemetry/tracingProviders";
import { checkIstioVersion, checkJaegerImage } from "../checks/workload/testedVersions";
import { parseQuantity } from "../shared/kubernetes/quantities";
import type { Settings } from "./settings";
import { findUnknown, meshNamespaces } from "./settings/discoverySelectors";
import { PROVEN_ISTIO_LINE, PROVEN_JAEGER_LINE } from "./versions";

/** Findings about allowed but surprising settings, shown at every preview and update. */
export function settingsWarnings(settings: Settings): Finding[] {
    const namespaces = Object.entries(settings.namespaces).map(([name, { samplingPercent, provider, injection }]) => ({
        ...{ name, samplingPercent, provider, injection },
    }));
    return [
        // Of an existing Istio, only the cluster tells the version.
        ...(settings.istio.install ? checkIstioVersion(settings.istio.version, PROVEN_ISTIO_LINE) : []),
        ...checkJaegerImage(settings.images.jaeger, PROVEN_JAEGER_LINE),
        ...Object.entries(settings.images).flatMap(([name, image]) => checkImagePinned(`images.${name}`, image)),
        ...(settings.jaeger.deploy ? jaegerWarnings(settings) : []),
        ...checkClientFlag(
            settings.samplingPercent,
            settings.collector.protocol,
            settings.demo.deploy && settings.demo.traceContext === "client",
        ),
        ...checkNamespaceTracing(settings.samplingPercent, settings.collector.protocol, namespaces),
        ...checkStrictWithoutSidecars(settings.istio.mtlsMode, namespaces),
        ...checkCollectorHeaders(
            Object.keys(settings.collectorHeaders),
            settings.collector.outsideAddress !== undefined,
            settings.collector.tls !== undefined,
        ),
        ...checkCollectorPort(settings.collector),
        ...metricsWarnings(settings),
        ...tierWarnings(settings),
        ...readableCredentials(settings),
        ...meshConfigWarnings(settings),
    ];
}

/** Findings about credentials that everybody who can read traces, or the mesh configuration, could read. */
function readableCredentials({ namespaces, istio }: Settings): Finding[] {
    const resource = "istio.values.meshConfig";
    const config = mapAt(istio.values, "meshConfig");
    const providers = tracingProvidersOf({ resource, rootNamespace: istio.namespace, config });
    const found = [
        ...Object.entries(namespaces).flatMap(([name, { customTags }]) =>
            checkCustomTags(`namespaces.${name}`, customTags),
        ),
        ...providers.flatMap(checkProviderHeaders),
    ];
    return found.map((finding) => ({ ...finding, severity: "warning" }));
}

/** Findings about a Collector tier. */
function tierWarnings({ tier, samplingPercent }: Settings): Finding[] {
    const keep = tier?.keep;
    if (keep === undefined) return [];
    const wants = keep.errors || keep.slowMs !== undefined || Object.keys(keep.slowServices).length > 0;
    return checkHeadRate(samplingPercent, wants || keep.always.length > 0);
}

function metricsWarnings({ metrics }: Settings): Finding[] {
    const sampled = metrics?.sampled;
    return sampled === undefined ? [] : checkSampledMetrics(sampled.lowestPercent, sampled.highestPercent);
}

function meshConfigWarnings(settings: Settings): Finding[] {
    const resource = "istio.values.meshConfig";
    const config = mapAt(settings.istio.values, "meshConfig");
    const unknown = findUnknown(settings.istio.values, meshNamespaces(settings));
    return [
        // The program adds the trace's fields to a JSON log.
        ...(config["accessLogEncoding"] === "JSON" ? [] : checkTraceIdLogged(resource, config)),
        ...(unknown.length === 0 ? [] : [undiscovered(`${resource}.discoverySelectors`, unknown)]),
    ];
}

function jaegerWarnings({ jaeger: { storage }, resources, demo, namespaces }: Settings): Finding[] {
    const ownWorkloads = !demo.deploy || Object.keys(namespaces).length > 0;
    const limit = parseQuantity(resources.jaeger.limits.memory ?? "");
    return [
        ...(storage.type === "memory" ? checkTraceMemory(storage.maxTraces, limit) : []),
        ...checkTracesWorthKeeping(storage.type, ownWorkloads),
    ];
}
