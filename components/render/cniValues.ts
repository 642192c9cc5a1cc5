import type { Cni } from "../cni";
import type { PodPolicy } from "../pods";
import type { ResourceRequirements } from "../resources";
import type { Toleration } from "../../shared/kubernetes/tolerations";
import { atLeast } from "./releases";
import { deepMerge, mapAt, type PlainObject } from "../../shared/values/plainObjects";

/** Name of the agent's Helm release. */
export const CNI_RELEASE = "istio-cni";

/** Inputs of {@link renderCniValues}. */
export interface CniValuesSpec extends Pick<Cni, "binDir" | "confDir" | "provider"> {
    version: string;
    /** Registry and folder of Istio's images. */
    hub: string;
    imagePullPolicy: string;
    resources: ResourceRequirements;
    pods: PodPolicy;
    /** Values of the istiod chart, of which the agent needs some as well. */
    istiodValues: PlainObject;
    /** Additional chart values from the user, merged last. */
    values: PlainObject;
}

/** What the agent must do as istiod does, of `global` in the values of both charts. */
const SHARED = ["platform", "variant", "nativeNftables", "logAsJson"];

/** The agent runs on every node, whatever its taints: a pod with a sidecar cannot start on a node without it. */
const EVERYWHERE: Toleration[] = [{ operator: "Exists" }];

/** Kubernetes 1.30 and newer have a field for it and warn of the annotation. Istio 1.28 also supports Kubernetes 1.29. */
const CHART_PRESETS: PlainObject = { useAppArmorAnnotation: false };

/**
 * Values of Istio's `cni` chart. Most stand below `cni`: the chart copies these over its other values last, and so over
 * those that a platform brings.
 */
export function renderCniValues(spec: CniValuesSpec): PlainObject {
    const { global, ...values } = spec.values;
    const presets = atLeast(spec.version, 1, 29) ? { cni: CHART_PRESETS } : {};
    return deepMerge(deepMerge(presets, renderOwnedCniValues(spec)), {
        ...(global !== undefined && { global }),
        cni: values,
    });
}

/** The part of these values that the settings decide. `istio.cni.values` must not contradict it. */
export function renderOwnedCniValues(spec: Omit<CniValuesSpec, "values">): PlainObject {
    const { binDir, confDir, provider, pods } = spec;
    const shared = Object.entries(mapAt(spec.istiodValues, "global")).filter(([key]) => SHARED.includes(key));
    return {
        global: {
            ...Object.fromEntries(shared),
            ...{ hub: spec.hub, tag: spec.version, imagePullPolicy: spec.imagePullPolicy },
            ...filled({ imagePullSecrets: pods.imagePullSecrets }),
        },
        cni: {
            ...defined({ cniBinDir: binDir, cniConfDir: confDir, provider }),
            resources: { ...spec.resources },
            tolerations: [...pods.tolerations, ...EVERYWHERE],
            ...filled({ affinity: renderNodeChoice(pods), podAnnotations: pods.annotations }),
            ...filled({ podLabels: pods.labels, daemonSetLabels: pods.labels }),
        },
    };
}

/** The chart has a node selector of its own and takes no other, so labels that a node must have go into the affinity. */
function renderNodeChoice({ nodeSelector, affinity }: PodPolicy): PlainObject {
    const wanted = Object.entries(nodeSelector).map(([key, value]) => ({ key, operator: "In", values: [value] }));
    if (wanted.length === 0) return affinity;
    const required = "requiredDuringSchedulingIgnoredDuringExecution";
    const nodes = mapAt(affinity, "nodeAffinity");
    const { nodeSelectorTerms = [{}] } = mapAt(nodes, required) as { nodeSelectorTerms?: PlainObject[] };
    // A node must meet one of the terms, so each of them has the labels.
    const terms = nodeSelectorTerms.map((term) => ({
        ...term,
        matchExpressions: [...((term["matchExpressions"] ?? []) as PlainObject[]), ...wanted],
    }));
    return { ...affinity, nodeAffinity: { ...nodes, [required]: { nodeSelectorTerms: terms } } };
}

function defined(fields: Record<string, unknown>): PlainObject {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function filled(fields: Record<string, object>): PlainObject {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => Object.keys(value).length > 0));
}
