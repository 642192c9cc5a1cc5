import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { MeshConfigObject } from "../checks/mesh/objects";
import {
    CHART_RULES,
    CNI_PROVIDER,
    COLLECTOR,
    COLLECTOR_HEADERS,
    PODS_RULE,
    resourcesRule,
    setting,
} from "./argumentRules";
import { secretAccess } from "./charts";
import type { CniProvider } from "./cni";
import { ownCollector, type Collector } from "./collector";
import { istioChart, type ChartSource } from "./istioChart";
import { istioObject } from "./istioObject";
import type { PodPolicy } from "./pods";
import { renderBaseValues, renderHeaderValue, renderIstiodValues, renderOwnedValues } from "./render/istiodValues";
import type { PlainObject } from "../shared/values/plainObjects";
import { sidecarHash } from "./render/sidecarHash";
import { asGiven, inArguments, optional, required, resolveArgs, withoutOutputs, type RulesFor } from "./resolve";
import type { ResourceRequirements } from "./resources";
import { findAccessProblems } from "./settings/chartAccess";
import { findChartProblems, findResourceProblems } from "./settings/contradictions";
import { findCollectorContradictions } from "./settings/collectorContradictions";
import { findUndiscovered } from "./settings/discoverySelectors";
import { findIstiodValuesProblems } from "./settings/istiodValues";
import { findReplicaProblems, findRevisionProblems } from "./settings/meshContradictions";

/** Inputs of {@link Istio}. */
export interface IstioArgs extends ChartSource {
    /**
     * Existing namespace for istiod, and Istio's root namespace. A plain value, because the chart's values repeat it.
     */
    namespace: string;
    /**
     * Revision of the control plane, which istiod and its objects have in their names.
     * @default the default revision
     */
    revision?: string | undefined;
    /**
     * Stable names by which namespaces ask for the revision.
     * @default none
     */
    revisionTags?: string[];
    /**
     * The collector to which sidecars send spans.
     * @default the Service `jaeger-collector` of the same namespace, port 4317, OTLP over gRPC
     */
    collector?: Collector;
    /**
     * Headers that sidecars send with every export call, such as the key of a hosted backend: lower-case name to value.
     * Always kept as Pulumi secrets.
     * @default none
     */
    collectorHeaders?: Record<string, pulumi.Input<string>>;
    /**
     * Registry and folder of Istio's images.
     * @default docker.io/istio
     */
    hub?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /**
     * Copies of istiod: autoscaled between `min` and `max`, each 1 to 50, or fixed when they are equal. From `min` 2 on a
     * PodDisruptionBudget keeps one of them, and they are spread over nodes and zones.
     * @default 1 to 5, as in Istio's chart
     */
    istiodReplicas?: { min: number; max: number };
    /**
     * `STRICT`: sidecars of the whole mesh accept only mutual TLS.
     * @default PERMISSIVE, as in Istio
     */
    mtlsMode?: "PERMISSIVE" | "STRICT";
    /** @default cluster.local */
    clusterDomain?: string;
    /** @default 500m CPU and 2Gi memory requested, 4Gi memory at most */
    istiodResources?: ResourceRequirements;
    /** Size of every sidecar. @default 100m CPU and 128Mi memory requested, 2 CPU and 1Gi at most */
    proxyResources?: ResourceRequirements;
    /**
     * Scheduling, labels and annotations of istiod's pods, and how their images are pulled. Every sidecar gets the pull
     * secrets too; each namespace must have them.
     * @default the cluster's defaults
     */
    pods?: Partial<PodPolicy>;
    /** Who runs Istio's CNI plugin, so that no pod has `istio-init`. @default left to `istiodValues` */
    cni?: CniProvider | undefined;
    /**
     * Additional values for the istiod chart, merged last.
     * @default none
     */
    istiodValues?: PlainObject;
}

/**
 * Istio's control plane with tracing in its mesh configuration.
 *
 * Children: Helm Releases `<name>-base` (release `istio-base`: CRDs) and `<name>-istiod` (release `istiod`); with
 * headers for the collector also the Secret `<name>-collector-headers`, with STRICT mutual TLS the PeerAuthentication
 * `default` (resource name `<name>-mtls`).
 */
export class Istio extends pulumi.ComponentResource {
    /** Istio release that is installed. */
    public readonly version: pulumi.Output<string>;
    /**
     * Known when istiod is ready to inject sidecars. Pods with this value in an annotation restart when their sidecars
     * must restart.
     */
    public readonly sidecarHash: pulumi.Output<string>;
    /** The tracing part of istiod's mesh configuration. */
    public readonly meshConfig: MeshConfigObject;

    constructor(name: string, args: IstioArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveIstio(name, args);
        const headers = secretValues(args.collectorHeaders ?? {});
        const chartAccess = args.chartAccess && secretAccess(args.chartAccess);
        super("istio-tracing:components:Istio", name, { ...args, chartAccess, collectorHeaders: headers }, opts);

        const values = renderIstiodValues(spec, this.headerSecret(name, spec.namespace, headers), spec.owned);
        const chart = { ...spec, version: spec.istioVersion };
        const base = new k8s.helm.v3.Release(
            `${name}-base`,
            {
                ...istioChart(chart, "base"),
                name: "istio-base",
                values: renderBaseValues(spec.namespace, spec.revision),
                // Does not wait: its CRDs are served immediately, and istiod is not ready without them. Helm's own wait
                // polls only every two seconds.
                skipAwait: true,
            },
            // Also set on the child, because destroy and --target follow the children's own dependencies.
            { parent: this, dependsOn: opts?.dependsOn },
        );
        const istiod = new k8s.helm.v3.Release(
            `${name}-istiod`,
            { ...istioChart(chart, "istiod"), name: "istiod", values },
            { parent: this, dependsOn: base },
        );

        if (spec.mtlsMode === "STRICT") {
            const kind = { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication" } as const;
            const mtls = { name: "default", namespace: spec.namespace, spec: { mtls: { mode: spec.mtlsMode } } };
            istioObject(`${name}-mtls`, { ...kind, ...mtls }, { parent: this, dependsOn: istiod });
        }

        this.meshConfig = values["meshConfig"] as MeshConfigObject;
        this.version = pulumi.output(spec.istioVersion);
        // Depends on the Release, so that workloads that need injection start only after istiod can inject.
        this.sidecarHash = istiod.id.apply(() => sidecarHash(values));
        this.registerOutputs({ version: this.version, sidecarHash: this.sidecarHash });
    }

    /** The Secret with the headers' values for istiod, so that no Helm value and no ConfigMap contains them. */
    private headerSecret(
        name: string,
        namespace: string,
        headers: Record<string, pulumi.Output<string>>,
    ): pulumi.Output<string> | undefined {
        if (Object.keys(headers).length === 0) return undefined;
        const stringData = Object.fromEntries(
            Object.entries(headers).map(([header, value]) => [header, value.apply(renderHeaderValue)]),
        );
        // No fixed name: a new value creates a new Secret, which restarts istiod, because istiod reads it only at
        // startup.
        const secret = new k8s.core.v1.Secret(
            `${name}-collector-headers`,
            { metadata: { namespace }, stringData },
            { parent: this },
        );
        return secret.metadata.name;
    }
}

function secretValues(values: Record<string, pulumi.Input<string>>): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]));
}

const RULES = {
    ...CHART_RULES,
    namespace: required(setting("istio.namespace")),
    collector: optional(COLLECTOR),
    collectorHeaders: COLLECTOR_HEADERS,
    hub: setting("istio.hub"),
    imagePullPolicy: setting("imagePullPolicy"),
    revision: setting("istio.revision"),
    revisionTags: setting("istio.revisionTags"),
    istiodReplicas: setting("istio.replicas"),
    mtlsMode: setting("istio.mtlsMode"),
    clusterDomain: setting("clusterDomain"),
    istiodResources: resourcesRule("istiod"),
    proxyResources: resourcesRule("proxy"),
    pods: PODS_RULE,
    cni: CNI_PROVIDER,
    istiodValues: asGiven(setting("istio.values")),
} satisfies RulesFor<IstioArgs>;

/** The settings behind arguments with a different name. */
const ARGUMENT_OF = {
    "istio.chartSource": "chartSource",
    "istio.chartAccess": "chartAccess",
    istioChartPassword: "chartAccess.password",
    "istio.revision": "revision",
    "istio.revisionTags": "revisionTags",
    "istio.replicas": "istiodReplicas",
    "istio.values": "istiodValues",
    "istio.cni": "cni",
    collectorAddress: "collector",
    "resources.istiod": "istiodResources",
    "resources.proxy": "proxyResources",
};

/**
 * The arguments of {@link Istio}, complete and valid, with the resulting values of the istiod chart.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveIstio(name: string, args: IstioArgs) {
    return resolveArgs("Istio", name, args, RULES, ({ collector, istiodValues, version: istioVersion, ...rest }) => {
        const spec = {
            ...rest,
            collector: collector ?? ownCollector(rest.namespace, rest.clusterDomain),
            headerNames: Object.keys(rest.collectorHeaders),
            istioVersion,
            extra: istiodValues,
        };
        const owned = renderOwnedValues(spec);
        const known = withoutOutputs(istiodValues) as PlainObject;
        const problems = [
            ...findCollectorContradictions({ ...spec, istio: { namespace: spec.namespace, version: istioVersion } }),
            ...findReplicaProblems(spec.istiodReplicas),
            ...findRevisionProblems(spec),
            ...findChartProblems(spec.chartSource, ["base", "istiod"]),
            ...findAccessProblems(spec.chartSource, spec.chartAccess),
            ...findResourceProblems({ istiod: spec.istiodResources, proxy: spec.proxyResources }),
            ...findIstiodValuesProblems(known, owned),
            // The namespace may have labels from its creator.
            ...findUndiscovered(known, [{ name: spec.namespace, labels: {}, complete: false }]),
        ];
        return { spec: { ...spec, owned }, problems: inArguments(problems, ARGUMENT_OF) };
    });
}
