import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FLAG, NAMESPACE_RULE, textRule } from "./argumentRules";
import {
    renderHttpRouteSpec,
    renderIngressSpec,
    renderQueryPolicySpec,
    renderRouteAnnotations,
    ROUTE_NAME,
} from "./render/jaegerRoute";
import { JAEGER_LABELS } from "./render/jaegerRoles";
import { dnsLabel } from "./settings/field";
import { optional, preset, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { uiUrl, type UiRoute } from "./ui";
import { ROUTE } from "./uiRules";

/** Inputs of {@link JaegerRoute}. */
export interface JaegerRouteArgs {
    /** Jaeger's namespace. A route and an Ingress route only to Services in their own namespace. */
    namespace: pulumi.Input<string>;
    route: UiRoute;
    /**
     * True if Jaeger has a sidecar that knows who asks, so that no NetworkPolicy is needed.
     * @default false
     */
    meshOnly?: boolean;
    /**
     * Namespace of the doctor in the cluster, which may query too.
     * @default none
     */
    doctorNamespace?: string | undefined;
}

/**
 * The Jaeger UI for browsers, through a gateway of the Gateway API or an ingress controller that somebody else runs.
 *
 * Children: HTTPRoute or Ingress `<name>`, named `jaeger-ui` in the cluster; NetworkPolicy `<name>-access`, named
 * `jaeger-query`, if the route says where requests come from.
 */
export class JaegerRoute extends pulumi.ComponentResource {
    /** Address to open in a browser. */
    public readonly url: pulumi.Output<string>;

    constructor(name: string, args: JaegerRouteArgs, opts?: pulumi.ComponentResourceOptions) {
        const { namespace, route, meshOnly, doctorNamespace } = resolveJaegerRoute(name, args);
        super("istio-tracing:components:JaegerRoute", name, { ...args }, opts);

        const annotations = renderRouteAnnotations(route);
        const metadata = { name: ROUTE_NAME, namespace, ...(Object.keys(annotations).length > 0 && { annotations }) };
        if (route.from !== undefined && !meshOnly) {
            const from = [route.from.namespace, ...(doctorNamespace === undefined ? [] : [doctorNamespace])];
            const spec = renderQueryPolicySpec({ app: JAEGER_LABELS.app }, from);
            const policy = { metadata: { name: "jaeger-query", namespace }, spec };
            new k8s.networking.v1.NetworkPolicy(`${name}-access`, policy, { parent: this });
        }
        const entrance =
            route.mode === "ingress"
                ? new k8s.networking.v1.Ingress(
                      name,
                      // Not every controller reports an address, for which the provider would wait.
                      {
                          metadata: { ...metadata, annotations: { ...annotations, "pulumi.com/skipAwait": "true" } },
                          spec: renderIngressSpec(route),
                      },
                      { parent: this },
                  )
                : new k8s.apiextensions.CustomResource(
                      name,
                      {
                          apiVersion: "gateway.networking.k8s.io/v1",
                          kind: "HTTPRoute",
                          metadata,
                          spec: renderHttpRouteSpec(route),
                      },
                      { parent: this },
                  );

        this.url = entrance.id.apply(() => uiUrl(route));
        this.registerOutputs({ url: this.url });
    }
}

const RULES = {
    namespace: NAMESPACE_RULE,
    route: ROUTE,
    meshOnly: preset(FLAG, false),
    doctorNamespace: optional(textRule("the name of a namespace", "name the namespace of the doctor", dnsLabel)),
} satisfies RulesFor<JaegerRouteArgs>;

/**
 * The arguments of {@link JaegerRoute}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveJaegerRoute(name: string, args: JaegerRouteArgs): Resolved<typeof RULES> {
    return resolveArgs("JaegerRoute", name, args, RULES);
}
