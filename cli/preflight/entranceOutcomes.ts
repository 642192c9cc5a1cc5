import { checkIngressClass, checkParentGateway } from "../../checks/cluster/entrance";
import type { ClusterFacts } from "./facts";
import { judge, type Outcome } from "./outcome";
import type { ProgramPlan } from "./program";

/** What others must run for the way to the UI. */
export function entranceOutcomes(facts: ClusterFacts, { httpRoute, ingress }: ProgramPlan): Outcome[] {
    const { gatewayApi, parentGateway, ingressClasses, istioNamespace } = facts;
    return [
        ...(httpRoute === undefined || gatewayApi === undefined || parentGateway === undefined
            ? []
            : [
                  judge(
                      "gateway of the UI",
                      [gatewayApi, parentGateway, istioNamespace],
                      ([isServed, gateway, namespace]) => ({
                          findings: checkParentGateway(httpRoute, isServed, gateway, {
                              ...namespace?.metadata.labels,
                              "kubernetes.io/metadata.name": httpRoute.namespace,
                          }),
                          passed: `${httpRoute.parent.namespace}/${httpRoute.parent.name} accepts the route`,
                      }),
                  ),
              ]),
        ...(ingress === undefined || ingressClasses === undefined
            ? []
            : [
                  judge("ingress class", [ingressClasses], ([classes]) => ({
                      findings: checkIngressClass(ingress.className, classes),
                      passed: `${ingress.className ?? "a default class"} is there`,
                  })),
              ]),
    ];
}
