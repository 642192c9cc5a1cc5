import type { LabelSelector } from "../../shared/kubernetes/labelSelectors";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import {
    anything,
    flag,
    listOf,
    mapOf,
    number,
    numberOrText,
    objectOf,
    oneOf,
    partOf,
    text,
    wholeNumber,
    type Shape,
} from "../../shared/values/shapes";
import type {
    ExtensionProvider,
    MeshConfigObject,
    ProxyConfigObject,
    TargetReference,
    TelemetryObject,
    TracingBlock,
} from "./objects";

const TAGS = mapOf(anything);
const MATCHER = objectOf({
    inclusionPrefixes: listOf(text),
    inclusionSuffixes: listOf(text),
    inclusionRegexps: listOf(text),
});

/** A proxy configuration. */
export const PROXY_CONFIG: Shape<ProxyConfigObject> = partOf<ProxyConfigObject & Record<string, unknown>>({
    tracing: partOf<NonNullable<ProxyConfigObject["tracing"]>>({
        sampling: numberOrText,
        customTags: TAGS,
        zipkin: objectOf({ address: text }),
        datadog: objectOf({ address: text }),
    }),
    runtimeValues: mapOf(text),
    proxyStatsMatcher: MATCHER,
    discoveryAddress: text,
});

const HEADERS = listOf(objectOf({ name: text, value: text, envName: text }));
const TO_SERVICE = { service: text, port: wholeNumber, maxTagLength: wholeNumber };

const PROVIDER: Shape<ExtensionProvider> = objectOf<ExtensionProvider>(
    {
        name: text,
        opentelemetry: objectOf({
            ...TO_SERVICE,
            http: objectOf({ path: text, timeout: text, headers: HEADERS }),
            grpc: objectOf({ timeout: text, initialMetadata: HEADERS }),
        }),
        zipkin: objectOf({ ...TO_SERVICE, path: text, enable64bitTraceId: flag }),
        datadog: objectOf(TO_SERVICE),
        skywalking: objectOf({ ...TO_SERVICE, accessToken: text }),
    },
    "name",
);

const LABEL_SELECTOR: Shape<LabelSelector> = objectOf<LabelSelector>({
    matchLabels: mapOf(text),
    matchExpressions: listOf(objectOf({ key: text, operator: text, values: listOf(text) }, "key", "operator")),
});

/** Istio's mesh configuration, with the field names of its reference: fields whose type istiod enforces. */
export const MESH_CONFIG: Shape<MeshConfigObject> = partOf<MeshConfigObject & Record<string, unknown>>({
    enableTracing: flag,
    extensionProviders: listOf(PROVIDER),
    defaultProviders: objectOf({ tracing: listOf(text) }),
    defaultConfig: PROXY_CONFIG,
    rootNamespace: text,
    trustDomain: text,
    accessLogFile: text,
    accessLogFormat: text,
    discoverySelectors: listOf(LABEL_SELECTOR),
});

const TARGET: Shape<TargetReference> = objectOf<TargetReference>(
    { group: text, kind: text, name: text },
    "kind",
    "name",
);

const BLOCK: Shape<TracingBlock> = objectOf<TracingBlock>({
    match: objectOf({ mode: oneOf("CLIENT_AND_SERVER", "CLIENT", "SERVER") }),
    providers: listOf(objectOf({ name: text }, "name")),
    randomSamplingPercentage: number,
    disableSpanReporting: flag,
    useRequestIdForTraceSampling: flag,
    disableContextPropagation: flag,
    customTags: TAGS,
});

/** A Telemetry. */
export const TELEMETRY: Shape<TelemetryObject> = objectOf<TelemetryObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            selector: objectOf({ matchLabels: mapOf(text) }),
            targetRef: TARGET,
            targetRefs: listOf(TARGET),
            tracing: listOf(BLOCK),
        }),
    },
    "metadata",
);

/** The configuration of a sidecar injector. */
export const INJECTOR_CONFIG: Shape<{ policy?: string; neverInjectSelector?: LabelSelector[] }> = objectOf<{
    policy?: string;
    neverInjectSelector?: LabelSelector[];
}>({ policy: text, neverInjectSelector: listOf(LABEL_SELECTOR) });
