import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
    CHART_RULES,
    CNI_FOLDER,
    CNI_NAMESPACE,
    CNI_PROVIDER,
    CNI_VALUES,
    PODS_RULE,
    resourcesRule,
    setting,
} from "./argumentRules";
import { type CniProvider } from "./cni";
import { secretAccess } from "./charts";
import { istioChart, type ChartSource } from "./istioChart";
import type { PodPolicy } from "./pods";
import { CNI_RELEASE, renderCniValues } from "./render/cniValues";
import type { PlainObject } from "../shared/values/plainObjects";
import { asGiven, inArguments, resolveArgs, withoutOutputs, type RulesFor } from "./resolve";
import type { ResourceRequirements } from "./resources";
import { findAccessProblems } from "./settings/chartAccess";
import { findCniValuesProblems } from "./settings/cniContradictions";
import { findChartProblems, findResourceProblems } from "./settings/contradictions";

/** Inputs of {@link IstioCni}. */
export interface IstioCniArgs extends Omit<ChartSource, "namespace"> {
    /**
     * Existing namespace of the agent. It must admit privileged pods.
     * @default kube-system
     */
    namespace?: string;
    /**
     * Registry and folder of Istio's images.
     * @default docker.io/istio
     */
    hub?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /**
     * Folder of the nodes with CNI plugins, as an absolute path.
     * @default the chart's, which follows `global.platform` of `istiodValues`
     */
    binDir?: string | undefined;
    /**
     * Folder of the nodes with the CNI configuration, as an absolute path.
     * @default the same
     */
    confDir?: string | undefined;
    /**
     * `multus` where Multus runs the plugin.
     * @default the chart's, which follows `global.platform` of `istiodValues`
     */
    provider?: CniProvider | undefined;
    /** Size of the agent on each node. @default 100m CPU and 100Mi memory requested, 512Mi memory at most */
    resources?: ResourceRequirements;
    /**
     * Scheduling, labels and annotations of the agent's pods, and how their images are pulled.
     * @default on every node
     */
    pods?: Partial<PodPolicy>;
    /**
     * Values of the istiod chart, of which the agent gets `platform`, `variant`, `nativeNftables` and `logAsJson` of
     * `global`.
     * @default none
     */
    istiodValues?: PlainObject;
    /**
     * Additional values for the cni chart, merged last.
     * @default none
     */
    values?: PlainObject;
}

/**
 * Istio's CNI plugin with its agent on every node. It redirects the traffic of pods with sidecars when they start, so
 * that these pods need no rights of their own.
 *
 * Children: Helm Release `<name>-agent` (release `istio-cni`).
 */
export class IstioCni extends pulumi.ComponentResource {
    /** Known when the agent is ready on the nodes. */
    public readonly ready: pulumi.Output<string>;

    constructor(name: string, args: IstioCniArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveIstioCni(name, args);
        const chartAccess = args.chartAccess && secretAccess(args.chartAccess);
        super("istio-tracing:components:IstioCni", name, { ...args, chartAccess }, opts);

        const agent = new k8s.helm.v3.Release(
            `${name}-agent`,
            { ...istioChart(spec, "cni"), name: CNI_RELEASE, values: renderCniValues(spec) },
            // Also set on the child, because destroy and --target follow the children's own dependencies.
            { parent: this, dependsOn: opts?.dependsOn },
        );
        this.ready = agent.id;
        this.registerOutputs({ ready: this.ready });
    }
}

const RULES = {
    ...CHART_RULES,
    namespace: CNI_NAMESPACE,
    hub: setting("istio.hub"),
    imagePullPolicy: setting("imagePullPolicy"),
    binDir: CNI_FOLDER,
    confDir: CNI_FOLDER,
    provider: CNI_PROVIDER,
    resources: resourcesRule("cni"),
    pods: PODS_RULE,
    istiodValues: asGiven(setting("istio.values")),
    values: CNI_VALUES,
} satisfies RulesFor<IstioCniArgs>;

/** The settings behind arguments with a different name. */
const ARGUMENT_OF = {
    "istio.chartSource": "chartSource",
    "istio.chartAccess": "chartAccess",
    istioChartPassword: "chartAccess.password",
    "istio.cni.values": "values",
    "resources.cni": "resources",
};

/**
 * The arguments of {@link IstioCni}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveIstioCni(name: string, args: IstioCniArgs) {
    return resolveArgs("IstioCni", name, args, RULES, (spec) => ({
        spec,
        problems: inArguments(
            [
                ...findChartProblems(spec.chartSource, ["cni"]),
                ...findAccessProblems(spec.chartSource, spec.chartAccess),
                ...findResourceProblems({ cni: spec.resources }),
                ...findCniValuesProblems(withoutOutputs(spec.values) as PlainObject, spec),
            ],
            ARGUMENT_OF,
        ),
    }));
}
