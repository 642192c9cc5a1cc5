import {
    BALANCED_SERVICE,
    checkCilium,
    checkLoadBalancer,
    checkOpenShift,
    checkWebhookReachable,
    type BalancedService,
    type CiliumConfig,
} from "../../checks/cluster/platform";
import type { Finding } from "../../checks/finding";
import { checkPrometheusOperator } from "../../checks/cluster/prometheusOperator";
import { checkQuota, QUOTA, type QuotaObject, type Requested } from "../../checks/cluster/quota";
import { GATEWAY_NAME } from "../../components/render/jaegerGateway";
import { OPERATOR_API } from "../../components/render/monitors";
import type { Settings } from "../../components/settings";
import { monitoringArgs } from "../../components/monitoringArguments";
import type { ClusterClient } from "../../shared/cluster/client";
import { itemsOf, type Fact } from "../../shared/cluster/facts";
import { hasLabels } from "../../shared/kubernetes/labelSelectors";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import type { NodeObject } from "../../shared/kubernetes/objects";
import { listAt, textAt } from "../../shared/values/plainObjects";
import { mapOf, objectOf, text, type Shape } from "../../shared/values/shapes";
import { settle } from "../../shared/values/settle";
import { ifWanted, list, map, one } from "../../shared/cluster/ask";
import { judge, type Outcome } from "./outcome";
import type { ProgramPlan } from "./program";

/** What tells a cluster from another one: its network, its rules and what its cloud adds. */
export interface PlatformFacts {
    /** Undefined value if the network is not Cilium's. */
    cilium: Fact<CiliumConfig | undefined>;
    openShift: Fact<boolean>;
    /** Services of the cluster; undefined if the program has none of type LoadBalancer. */
    services: Fact<BalancedService[]> | undefined;
    /** ResourceQuotas and LimitRanges of the namespaces with pods of the program. */
    quotas: Fact<QuotaObject[]>;
    /** Kinds of the Prometheus operator that the cluster serves. */
    operator: Fact<string[]>;
}

const CONFIG_MAP: Shape<{ data?: CiliumConfig }> = objectOf<{ data?: CiliumConfig }>({ data: mapOf(text) });

/** Reads what tells the cluster from another one. */
export function askPlatform(
    client: ClusterClient,
    plan: Pick<ProgramPlan, "pods">,
    settings: Settings,
): Promise<PlatformFacts> {
    const namespaces = [...new Set(Object.values(plan.pods).map(({ namespace }) => namespace))];
    const quotas = namespaces.flatMap((namespace) =>
        ["resourcequotas", "limitranges"].map((kind) => list(client, `/api/v1/namespaces/${namespace}/${kind}`, QUOTA)),
    );
    const { ui } = settings;
    const balanced = ui.mode === "gateway" && ui.serviceType === "LoadBalancer" ? true : undefined;
    return settle<PlatformFacts>({
        cilium: one(client, "/api/v1/namespaces/kube-system/configmaps/cilium-config", CONFIG_MAP).then((fact) =>
            map(fact, (found) => found?.data),
        ),
        openShift: client.get("/apis/config.openshift.io/v1").then((fact) => map(fact, (found) => found !== undefined)),
        operator: client
            .get(`/apis/${OPERATOR_API}`)
            .then((fact) => map(fact, (found) => listAt(found, "resources").map((one) => textAt(one, "kind") ?? ""))),
        services: ifWanted(balanced, () => list(client, "/api/v1/services", BALANCED_SERVICE)),
        quotas: Promise.all(quotas).then((facts) => {
            const failed = facts.find((fact) => "failure" in fact);
            return failed ?? { value: facts.flatMap((fact) => ("value" in fact ? fact.value : [])) };
        }),
    });
}

/** What the platform asks of the settings. */
export function platformOutcomes(
    facts: PlatformFacts & { nodes: Fact<NodeObject[]> },
    plan: ProgramPlan,
    settings: Settings,
    update: boolean,
): Outcome[] {
    const { ui, istio } = settings;
    const own = ui.mode === "gateway" ? `${ui.namespace}/${GATEWAY_NAME}` : "";
    return [
        judge("platform", [facts.nodes, facts.openShift], ([nodes, isOpenShift]) => ({
            findings: [
                ...checkWebhookReachable(nodes, update),
                ...checkOpenShift(isOpenShift, textAt(istio.values, "global", "platform"), plan.cni !== undefined),
            ],
            passed: "no known obstacle for sidecars",
        })),
        judge("Cilium", [facts.cilium], ([config]) => ({
            findings: checkCilium(config, plan.cni !== undefined),
            passed: config === undefined ? "not the cluster's network" : "leaves Services to the sidecars",
        })),
        judge("quotas", [facts.quotas], ([objects]) => ({
            findings: update ? [] : quotaFindings(objects, plan, itemsOf(facts.nodes)),
            passed: objects.length === 0 ? "none" : "room for the program's pods",
        })),
        judge("Prometheus operator", [facts.operator], ([kinds]) => ({
            findings: checkPrometheusOperator(
                settings.monitoring.operator,
                [...new Set(kinds)].filter((kind) => kind !== ""),
                monitoringArgs(settings) !== undefined,
            ),
            passed: kinds.length === 0 ? "not in this cluster: metrics are found by annotations" : "its CRDs exist",
        })),
        ...(facts.services === undefined
            ? []
            : [
                  judge("load balancer", [facts.services], ([services]) => ({
                      findings: checkLoadBalancer(services, own),
                      passed: "no Service is waiting for an address",
                  })),
              ]),
    ];
}

function quotaFindings(objects: QuotaObject[], { pods }: ProgramPlan, nodes: NodeObject[]): Finding[] {
    const planned = Object.entries(pods);
    return [...new Set(planned.map(([, { namespace }]) => namespace))].flatMap((namespace) => {
        const requested = planned
            .filter(([, pod]) => pod.namespace === namespace && pod.cpu + pod.memory > 0)
            .map(([workload, { cpu, memory, nodeSelector }]): Requested => {
                const its = nodes.filter(({ metadata: { labels = {} } }) => hasLabels(labels, nodeSelector));
                return { workload, cpu, memory, pods: workload === "cni" ? Math.max(its.length, 1) : 1 };
            });
        const here = objects.filter(({ metadata }) => metadata.namespace === namespace);
        return checkQuota(here, requested, parseQuantity);
    });
}
