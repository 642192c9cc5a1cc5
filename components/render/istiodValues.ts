import type { CniProvider } from "../cni";
import type { Collector } from "../collector";
import type { PodPolicy } from "../pods";
import type { ResourceRequirements } from "../resources";
import { headerVariable, renderMeshConfig } from "./meshConfig";
import { renderIstiodPodValues } from "./podPolicy";
import { mergeMeshConfig } from "./userMeshConfig";
import { REVISION_LABEL } from "../../shared/names/istio";
import { deepMerge, isPlainObject, itemsAt, type PlainObject } from "../../shared/values/plainObjects";

/** Inputs of {@link renderIstiodValues}. */
export interface IstiodValuesSpec {
    collector: Collector;
    /** Names of the headers of every export call. */
    headerNames: readonly string[];
    istioVersion: string;
    /** Namespace of istiod, which is also Istio's root namespace. */
    namespace: string;
    /** Empty for the default revision. */
    revision: string;
    revisionTags: string[];
    clusterDomain: string;
    /** Registry and folder of Istio's images. */
    hub: string;
    imagePullPolicy: string;
    istiodReplicas: { min: number; max: number };
    istiodResources: ResourceRequirements;
    proxyResources: ResourceRequirements;
    /** Of istiod's pods; its pull secrets are those of every sidecar as well. */
    pods: PodPolicy;
    /** Who runs Istio's CNI plugin. @default left to `extra` and its platform */
    cni?: CniProvider | undefined;
    /** Additional chart values from the user, merged last. */
    extra: PlainObject;
}

/**
 * Values that improve on the chart's defaults, as the Pod Security Standard `restricted` requires. The user can change
 * them.
 */
const CHART_PRESETS: PlainObject = { seccompProfile: { type: "RuntimeDefault" } };

/**
 * Values of Istio's `istiod` chart: the values that the settings decide, then the user's own values.
 *
 * @param headerSecret name, or Output of the name, of the Secret that holds the header values by header name.
 * @param owned the values that the settings decide, if they are already rendered.
 */
export function renderIstiodValues(
    spec: IstiodValuesSpec,
    headerSecret?: unknown,
    owned = renderOwnedValues(spec),
): PlainObject {
    const presets = { ...CHART_PRESETS, ...renderSpread(spec) };
    const merged = deepMerge(deepMerge(presets, owned), spec.extra);
    const mesh = spec.extra["meshConfig"];
    if (isPlainObject(mesh)) merged["meshConfig"] = mergeMeshConfig(owned["meshConfig"] as PlainObject, mesh, spec);
    if (spec.headerNames.length > 0) {
        merged["envVarFrom"] = [
            ...spec.headerNames.map((name) => ({
                name: headerVariable(name),
                valueFrom: { secretKeyRef: { name: headerSecret, key: name } },
            })),
            ...itemsAt(merged, "envVarFrom"),
        ];
    }
    return merged;
}

/**
 * A header value, escaped for the proxy. The proxy treats values as format strings, and a lone `%` would make it reject
 * every listener.
 */
export function renderHeaderValue(value: string): string {
    return value.replaceAll("%", "%%");
}

/** The part of the chart's values that the settings decide. `istio.values` must not contradict it. */
export function renderOwnedValues(spec: Omit<IstiodValuesSpec, "extra">): PlainObject {
    return deepMerge(renderIstiodPodValues(spec.pods), {
        global: {
            istioNamespace: spec.namespace,
            hub: spec.hub,
            tag: spec.istioVersion,
            imagePullPolicy: spec.imagePullPolicy,
            proxy: { clusterDomain: spec.clusterDomain, resources: { ...spec.proxyResources } },
        },
        ...renderRevision(spec),
        resources: { ...spec.istiodResources },
        ...renderReplicas(spec.istiodReplicas),
        ...(spec.cni !== undefined && { cni: { enabled: true, provider: spec.cni } }),
        meshConfig: renderMeshConfig(spec),
    });
}

/**
 * Sets every value, so that a later change leaves none of the chart's defaults behind. With two copies, adds a
 * PodDisruptionBudget.
 */
function renderReplicas({ min, max }: IstiodValuesSpec["istiodReplicas"]): PlainObject {
    return { autoscaleEnabled: min !== max, autoscaleMin: min, autoscaleMax: max, replicaCount: min };
}

/** Without a name and tags, the values are those of the default revision. */
function renderRevision({ revision, revisionTags }: Pick<IstiodValuesSpec, "revision" | "revisionTags">): PlainObject {
    return { ...(revision !== "" && { revision }), ...(revisionTags.length > 0 && { revisionTags }) };
}

/** Spreads copies over nodes and zones if possible. It is a preference, so one node is enough. */
function renderSpread({ istiodReplicas, revision }: IstiodValuesSpec): PlainObject {
    if (istiodReplicas.min < 2) return {};
    // The labels by which the chart's own Service selects the pods.
    const matchLabels = revision === "" ? { istio: "pilot" } : { app: "istiod", [REVISION_LABEL]: revision };
    return {
        topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels },
        })),
    };
}

/**
 * Values of Istio's `base` chart, which contains the CRDs and the webhook that validates Istio's objects by the istiod of
 * this revision.
 */
export function renderBaseValues(namespace: string, revision: string): PlainObject {
    return { global: { istioNamespace: namespace }, ...(revision !== "" && { defaultRevision: revision }) };
}

/** The extension providers that the user adds through `istio.values`. */
export function userProviders(extra: PlainObject): unknown[] {
    return itemsAt(extra, "meshConfig", "extensionProviders");
}
