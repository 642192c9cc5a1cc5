import type { Collector } from "../collector";
import type { PodPolicy } from "../pods";
import type { ResourceRequirements } from "../resources";
import { headerVariable, renderMeshConfig } from "./meshConfig";
import { renderIstiodPodValues } from "./podPolicy";
import { mergeMeshConfig } from "./userMeshConfig";
import { deepMerge, isPlainObject, itemsAt, type PlainObject } from "../../shared/values/plainObjects";

/** Inputs of {@link renderIstiodValues}. */
export interface IstiodValuesSpec {
    collector: Collector;
    /** Names of the headers of every export call. */
    headerNames: readonly string[];
    istioVersion: string;
    /** Namespace of istiod, which is also Istio's root namespace. */
    namespace: string;
    clusterDomain: string;
    /** Registry and folder of Istio's images. */
    hub: string;
    imagePullPolicy: string;
    istiodReplicas: { min: number; max: number };
    istiodResources: ResourceRequirements;
    proxyResources: ResourceRequirements;
    /** Of istiod's pods; its pull secrets are those of every sidecar as well. */
    pods: PodPolicy;
    /** Further chart values of the user, merged last. */
    extra: PlainObject;
}

/** Better than the chart's own presets, and free for the user to change: the Pod Security Standard `restricted` asks for it. */
const CHART_PRESETS: PlainObject = { seccompProfile: { type: "RuntimeDefault" } };

/**
 * Values of Istio's `istiod` chart: what the settings own, then the user's own values.
 *
 * @param headerSecret name, or Output of the name, of the Secret that holds the header values by header name.
 * @param owned what the settings own, where it is rendered already.
 */
export function renderIstiodValues(
    spec: IstiodValuesSpec,
    headerSecret?: unknown,
    owned = renderOwnedValues(spec),
): PlainObject {
    const presets = { ...CHART_PRESETS, ...renderSpread(spec.istiodReplicas.min) };
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
 * A header value as it must reach the proxy: this takes values for format strings, and one with a lone `%` would make
 * it reject every listener.
 */
export function renderHeaderValue(value: string): string {
    return value.replaceAll("%", "%%");
}

/** The part of the chart's values that the settings decide; `istio.values` may not contradict it. */
export function renderOwnedValues(spec: Omit<IstiodValuesSpec, "extra">): PlainObject {
    return deepMerge(renderIstiodPodValues(spec.pods), {
        global: {
            istioNamespace: spec.namespace,
            hub: spec.hub,
            tag: spec.istioVersion,
            imagePullPolicy: spec.imagePullPolicy,
            proxy: { clusterDomain: spec.clusterDomain, resources: { ...spec.proxyResources } },
        },
        resources: { ...spec.istiodResources },
        ...renderReplicas(spec.istiodReplicas),
        meshConfig: renderMeshConfig(spec),
    });
}

/** Every value is given, so that a change of mind leaves none of the chart's behind; with two copies it adds a PodDisruptionBudget. */
function renderReplicas({ min, max }: IstiodValuesSpec["istiodReplicas"]): PlainObject {
    return { autoscaleEnabled: min !== max, autoscaleMin: min, autoscaleMax: max, replicaCount: min };
}

/** Several copies on different nodes and zones where there are such; not a must, so that one node is enough. */
function renderSpread(copies: number): PlainObject {
    if (copies < 2) return {};
    return {
        topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: { istio: "pilot" } },
        })),
    };
}

/** Values of Istio's `base` chart, which carries the CRDs and the validation webhook. */
export function renderBaseValues(namespace: string): PlainObject {
    return { global: { istioNamespace: namespace } };
}

/** The extension providers that the user adds through `istio.values`. */
export function userProviders(extra: PlainObject): unknown[] {
    return itemsAt(extra, "meshConfig", "extensionProviders");
}
