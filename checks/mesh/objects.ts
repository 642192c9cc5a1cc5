import type { ClusterObject } from "../../shared/kubernetes/objects";
import { REVISION_LABEL } from "../../shared/names/istio";

/** The tracing part of a Telemetry: https://istio.io/latest/docs/reference/config/telemetry/ */
export interface TelemetryObject extends ClusterObject {
    spec?: {
        selector?: { matchLabels?: Record<string, string> };
        targetRef?: TargetReference;
        targetRefs?: TargetReference[];
        tracing?: TracingBlock[];
    };
}

/** The object to which a Telemetry is attached instead of a selector. */
export interface TargetReference {
    group?: string;
    kind: string;
    name: string;
}

/** One entry of a Telemetry's `tracing`. */
export interface TracingBlock {
    match?: { mode?: "CLIENT_AND_SERVER" | "CLIENT" | "SERVER" };
    providers?: { name: string }[];
    randomSamplingPercentage?: number | null;
    disableSpanReporting?: boolean | null;
    /** False makes sidecars record every request, because they skip the sampling decision. */
    useRequestIdForTraceSampling?: boolean | null;
    /** True withholds the trace context from the next hop. */
    disableContextPropagation?: boolean | null;
    customTags?: Record<string, unknown> | null;
}

/**
 * The tracing part of Istio's mesh configuration: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export interface MeshConfigObject {
    enableTracing?: boolean;
    extensionProviders?: ExtensionProvider[];
    defaultProviders?: { tracing?: string[] };
    defaultConfig?: ProxyConfigObject;
}

/** A provider: its name, and its settings below the name of its kind. */
export type ExtensionProvider = { name: string } & Record<string, unknown>;

/** The tracing part of a proxy configuration. */
export interface ProxyConfigObject {
    tracing?: { sampling?: number; customTags?: Record<string, unknown> } & Record<string, unknown>;
}

/**
 * The kinds of providers that receive spans. Istio rejects any other as a tracing provider, and only istiod's log shows
 * it.
 */
export const TRACING_KINDS = ["opentelemetry", "zipkin", "datadog", "skywalking"] as const;

/** True for a provider that receives spans. */
export function isTracingProvider(provider: ExtensionProvider): boolean {
    return TRACING_KINDS.some((kind) => provider[kind] !== undefined);
}

/** The provider of that name. Like istiod, ignores case. */
export function findProvider(mesh: MeshConfigObject, name: string): ExtensionProvider | undefined {
    return mesh.extensionProviders?.find((provider) => provider.name.toLowerCase() === name.toLowerCase());
}

/**
 * True for an Istio object that the control plane of a revision applies: one without the label `istio.io/rev`, or with
 * exactly that revision. The name of a revision tag matches no revision.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pkg/config/model.go (LabelsInRevision)
 *
 * @param revision undefined matches every object.
 */
export function isReadBy({ metadata }: ClusterObject, revision: string | undefined): boolean {
    const own = metadata.labels?.[REVISION_LABEL];
    return own === undefined || revision === undefined || own === revision;
}

/** True for a Telemetry that applies to its whole namespace. */
export function isNamespaceWide({ spec }: TelemetryObject): boolean {
    return Object.keys(spec?.selector?.matchLabels ?? {}).length === 0 && targetsOf({ spec }).length === 0;
}

/** The targets of a Telemetry, in either spelling. */
export function targetsOf({ spec }: Pick<TelemetryObject, "spec">): TargetReference[] {
    const several = spec?.targetRefs ?? [];
    return several.length > 0 || spec?.targetRef === undefined ? several : [spec.targetRef];
}

/** The order in which istiod reads objects: the oldest first. Objects that do not exist yet come last. */
export function byAge(left: ClusterObject, right: ClusterObject): number {
    const keys = ({ metadata }: ClusterObject): string[] => [
        metadata.creationTimestamp ?? "planned",
        metadata.name,
        metadata.namespace ?? "",
    ];
    const others = keys(right);
    return keys(left).reduce((order, key, index) => order || compare(key, others[index] ?? ""), 0);
}

function compare(left: string, right: string): number {
    return left < right ? -1 : Number(left > right);
}
