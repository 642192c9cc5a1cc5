import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AdoptedRelease, AdoptedReleases } from "./adopted";
import { z } from "zod";
import { CHART_RULES, setting } from "./argumentRules";
import { secretAccess, type ChartAccess } from "./charts";
import { istioChart, type CompleteChartSource } from "./istioChart";
import { renderAdoptedValues } from "./render/adoptedValues";
import { required, resolveArgs, schemaRule } from "./resolve";
import { findAdoptedValuesProblems, findNullProblems } from "./settings/adoptedValues";
import { findAccessProblems } from "./settings/chartAccess";
import { findChartProblems } from "./settings/contradictions";
import type { PlainObject } from "../shared/values/plainObjects";

/** Inputs of {@link AdoptedIstio}. */
export interface AdoptedIstioArgs {
    /** The Helm releases, which must already be in the stack's state: `npm run adopt` adds them. */
    releases: AdoptedReleases;
    /** The extension provider that is added to the owner's. */
    provider: PlainObject;
    /**
     * `restored` puts the owner's values back, so that a destroy leaves the release as it was.
     * @default traced
     */
    state?: "traced" | "restored";
    /**
     * Helm repository (`https://`), OCI registry (`oci://`) or folder of the charts that the releases are made of.
     * @default https://blob.istio.io/istio-release/charts
     */
    chartSource?: string;
    /** What the repository or the registry of the charts asks for. @default nothing */
    chartAccess?: ChartAccess;
    /**
     * Time limit for the chart's workloads to become ready, in seconds, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
    /**
     * Roll back a failed upgrade instead of keeping it for inspection.
     * @default false
     */
    helmAtomic?: boolean;
}

/** As many revisions of a release as Helm itself keeps, so that the owner's are not removed early. */
const HELM_HISTORY = 10;

/**
 * The Helm releases of an Istio that somebody else has installed, with a tracing provider in their mesh configuration.
 * Everything else is the owner's. The releases are protected, so that no destroy lets go of them while they have the provider, and
 * retained, so that none ever uninstalls them.
 *
 * Children: Helm Releases `<name>-istiod`, and `<name>-base` if Helm has installed the CRDs too.
 */
export class AdoptedIstio extends pulumi.ComponentResource {
    /** Known when istiod has the mesh configuration. */
    public readonly ready: pulumi.Output<string>;

    constructor(name: string, args: AdoptedIstioArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveAdoptedIstio(name, args);
        const chartAccess = args.chartAccess && secretAccess(args.chartAccess);
        super("istio-tracing:components:AdoptedIstio", name, { ...args, chartAccess }, opts);
        const { istiod, base } = spec.releases;
        // Also set on the children, because destroy and --target follow the children's own dependencies.
        const { dependsOn } = opts ?? {};
        const child = { parent: this, protect: spec.state === "traced", retainOnDelete: true, dependsOn };
        const crds =
            base &&
            new k8s.helm.v3.Release(
                `${name}-base`,
                { ...adoptedChart(spec, base, "base"), values: base.values, skipAwait: true },
                child,
            );
        const values = spec.state === "traced" ? renderAdoptedValues(istiod.values, spec.provider) : istiod.values;
        const release = new k8s.helm.v3.Release(
            `${name}-istiod`,
            { ...adoptedChart(spec, istiod, "istiod"), values },
            crds === undefined ? child : { ...child, dependsOn: crds },
        );
        this.ready = release.id;
        this.registerOutputs({ ready: this.ready });
    }
}

function adoptedChart(
    source: Omit<CompleteChartSource, "namespace" | "version">,
    { name, namespace, version }: AdoptedRelease,
    chart: string,
): k8s.helm.v3.ReleaseArgs {
    return { ...istioChart({ ...source, namespace, version }, chart), name, maxHistory: HELM_HISTORY };
}

const PROVIDER_RULE = {
    expected: "an extension provider of Istio: an object with a name, and its settings below the name of its kind",
    next: 'write it like { name: "tracing", opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 } }',
};
const RULES = {
    chartSource: CHART_RULES.chartSource,
    chartAccess: CHART_RULES.chartAccess,
    readyTimeoutSeconds: CHART_RULES.readyTimeoutSeconds,
    helmAtomic: CHART_RULES.helmAtomic,
    releases: required(setting("istio.adopted")),
    provider: schemaRule(PROVIDER_RULE, z.looseObject({ name: z.string().min(1) })),
    state: setting("istio.adoptedState"),
};

/**
 * The arguments of {@link AdoptedIstio}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveAdoptedIstio(name: string, args: AdoptedIstioArgs) {
    return resolveArgs("AdoptedIstio", name, args, RULES, ({ releases: { istiod, base }, ...rest }) => {
        if (istiod === undefined) {
            const { expected, next } = RULES.releases;
            const problems = [{ key: "releases", expected, got: "no istiod", next }];
            return { spec: { ...rest, releases: { istiod: NO_RELEASE, base } }, problems };
        }
        const problems = [
            ...findAdoptedValuesProblems("releases.istiod.values", istiod.values, rest.provider),
            ...(base === undefined ? [] : findNullProblems("releases.base.values", base.values)),
            ...findChartProblems(rest.chartSource, ["istiod", ...(base === undefined ? [] : ["base"])]),
            ...findAccessProblems(rest.chartSource, rest.chartAccess),
        ];
        return { spec: { ...rest, releases: { istiod, base } }, problems };
    });
}

const NO_RELEASE: AdoptedRelease = { name: "", namespace: "", version: "", values: {} };
