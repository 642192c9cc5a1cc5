import type { Rule } from "../rule";
import { accessLog } from "./accessLog";
import { chartPinned } from "./chartPinned";
import { collectorMtls } from "./collectorMtls";
import { collectorName } from "./collectorName";
import { collectorPortOwn } from "./collectorPortOwn";
import { collectorReceiver } from "./collectorReceiver";
import { collectorServed } from "./collectorServed";
import { collectorTier } from "./collectorTier";
import { customTags } from "./customTags";
import { durableStorage } from "./durableStorage";
import { imagePinned } from "./imagePinned";
import { injectionLabels } from "./injectionLabels";
import { jaegerBasePath } from "./jaegerBasePath";
import { jaegerUi } from "./jaegerUi";
import { jaegerUiEncrypted } from "./jaegerUiEncrypted";
import { legacyTracing } from "./legacyTracing";
import { oneTelemetry } from "./oneTelemetry";
import { otlpHttp } from "./otlpHttp";
import { otlpPortMarked } from "./otlpPortMarked";
import { portsNamed } from "./portsNamed";
import { providerHeaders } from "./providerHeaders";
import { readable } from "./readable";
import { replicatedStorage } from "./replicatedStorage";
import { resourcesSet } from "./resourcesSet";
import { restricted } from "./restricted";
import { samplingCap } from "./samplingCap";
import { samplingPlaced } from "./samplingPlaced";
import { strictMtls } from "./strictMtls";
import { tailSamplingOrder } from "./tailSamplingOrder";
import { tailSamplingPolicies } from "./tailSamplingPolicies";
import { telemetryInRoot } from "./telemetryInRoot";
import { telemetryProvider } from "./telemetryProvider";
import { telemetryRevision } from "./telemetryRevision";

/** Every rule of the pack, in the order in which reports and the documentation list them. */
export const RULES: readonly Rule[] = [
    readable,
    samplingCap,
    samplingPlaced,
    legacyTracing,
    telemetryProvider,
    oneTelemetry,
    telemetryInRoot,
    telemetryRevision,
    accessLog,
    otlpHttp,
    collectorName,
    collectorServed,
    collectorReceiver,
    collectorPortOwn,
    tailSamplingOrder,
    tailSamplingPolicies,
    collectorTier,
    otlpPortMarked,
    portsNamed,
    imagePinned,
    resourcesSet,
    restricted,
    injectionLabels,
    strictMtls,
    collectorMtls,
    jaegerUi,
    jaegerUiEncrypted,
    jaegerBasePath,
    customTags,
    chartPinned,
    durableStorage,
    replicatedStorage,
    providerHeaders,
];
