import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
    CHART_PASSWORD_RULE,
    CHART_RULES,
    NAMESPACE_POLICY_RULE,
    PODS_RULE,
    resourcesRule,
    REVISION_RULE,
    SERVICE_HOST,
    setting,
    SIDECAR_HASH,
} from "./argumentRules";
import { Certificates } from "./certificates";
import { secretAccess } from "./charts";
import { istioChart, type ChartSource } from "./istioChart";
import { istioObject } from "./istioObject";
import { ownNamespace } from "./ownNamespace";
import type { NamespacePolicy } from "./ownNamespaces";
import type { PodPolicy } from "./pods";
import { renderUntracedSpec } from "./render/jaegerAccess";
import {
    GATEWAY_LABELS,
    GATEWAY_NAME,
    renderExternalAuthorizationSpec,
    renderGatewaySpec,
    renderGatewayValues,
    renderVirtualServiceSpec,
} from "./render/jaegerGateway";
import type { PlainObject } from "../shared/values/plainObjects";
import { inArguments, optional, resolveArgs, waitsFor, type RulesFor } from "./resolve";
import type { ResourceRequirements } from "./resources";
import { findAccessProblems, findCertManagerChartProblems } from "./settings/chartAccess";
import { findChartProblems, findResourceProblems } from "./settings/contradictions";
import { answersHttpChallenge, isInExistingNamespace, uiUrl, type UiGateway } from "./ui";
import { GATEWAY } from "./uiRules";

/** Inputs of {@link JaegerUi}. */
export interface JaegerUiArgs extends Omit<ChartSource, "namespace"> {
    gateway: UiGateway;
    /** Full name of Jaeger's query Service. */
    queryHost: string;
    /**
     * `sidecarHash` of {@link Istio}: the gateway starts after its source, and restarts when its proxy must restart.
     */
    sidecarHash: pulumi.Input<string>;
    /**
     * Revision or revision tag that injects the gateway's proxy.
     * @default the default revision
     */
    revision?: string | undefined;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /** Size of the gateway. @default 100m CPU and 128Mi memory requested, 2 CPU and 1Gi at most */
    resources?: ResourceRequirements;
    /**
     * Scheduling, labels and annotations of the gateway's pods, and how their images are pulled.
     * @default the cluster's defaults
     */
    pods?: Partial<PodPolicy>;
    /**
     * The same of the pods of a cert-manager that is installed.
     * @default the cluster's defaults
     */
    certManagerPods?: Partial<PodPolicy>;
    /**
     * Password for the repository of the chart of a cert-manager that is installed. Always kept as a Pulumi secret.
     * @default none
     */
    certManagerChartPassword?: pulumi.Input<string>;
    /**
     * Owner, labels and annotations of the gateway's namespace.
     * @default created here, unless it contains a Secret of the user
     */
    namespacePolicy?: Partial<NamespacePolicy>;
    /**
     * The same of the namespace of a cert-manager that is installed.
     * @default created here
     */
    certManagerNamespacePolicy?: Partial<NamespacePolicy>;
}

/**
 * The Jaeger UI for browsers: a separate ingress gateway that serves one host.
 *
 * Children: Helm Release `<name>-gateway` (release `jaeger-gateway`), Gateway and VirtualService `<name>`, Telemetry
 * `<name>-untraced`; the Namespace `<name>`, unless it contains a Secret of the user; Certificates `<name>` with
 * cert-manager; AuthorizationPolicy `<name>` with an external authorizer.
 */
export class JaegerUi extends pulumi.ComponentResource {
    /** Address to open in a browser. */
    public readonly url: pulumi.Output<string>;

    constructor(name: string, args: JaegerUiArgs, opts?: pulumi.ComponentResourceOptions) {
        const { gateway, sidecarHash, ...spec } = resolveJaegerUi(name, args);
        const { chartAccess: asked, certManagerChartPassword: key } = args;
        const kept = {
            ...(asked !== undefined && { chartAccess: secretAccess(asked) }),
            ...(key !== undefined && { certManagerChartPassword: pulumi.secret(key) }),
        };
        super("istio-tracing:components:JaegerUi", name, { ...args, ...kept, sidecarHash: undefined }, opts);
        const child = { parent: this, dependsOn: waitsFor(sidecarHash) };

        const namespace = isInExistingNamespace(gateway)
            ? gateway.namespace
            : ownNamespace(name, gateway.namespace, spec.namespacePolicy, { parent: this }).name;
        const release = new k8s.helm.v3.Release(
            `${name}-gateway`,
            {
                ...istioChart({ ...spec, namespace: gateway.namespace }, "gateway"),
                name: GATEWAY_NAME,
                namespace,
                values: renderGatewayValues(gateway, { ...spec, sidecarHash }),
            },
            child,
        );
        const networking = "networking.istio.io/v1";
        const object = (apiVersion: Parameters<typeof istioObject>[1]["apiVersion"], kind: string, spec: PlainObject) =>
            istioObject(
                kind === "Telemetry" ? `${name}-untraced` : name,
                { apiVersion, kind, name: "jaeger-ui", namespace, spec },
                child,
            );
        object("telemetry.istio.io/v1", "Telemetry", renderUntracedSpec(GATEWAY_LABELS));
        const { authentication, tls } = gateway;
        if (authentication.mode === "external") {
            const spec = renderExternalAuthorizationSpec(authentication.provider, answersHttpChallenge(gateway));
            object("security.istio.io/v1", "AuthorizationPolicy", spec);
        }
        object(networking, "VirtualService", renderVirtualServiceSpec(gateway, "jaeger-ui", spec.queryHost));
        object(networking, "Gateway", renderGatewaySpec(gateway));
        if (tls.mode === "certManager") {
            const { issuer, install } = tls;
            const { readyTimeoutSeconds, certManagerPods: pods, certManagerNamespacePolicy: namespacePolicy } = spec;
            const { certManagerChartPassword: chartPassword } = spec;
            const manager = install && { install, pods, namespacePolicy, chartPassword };
            new Certificates(
                name,
                { namespace, host: gateway.host, issuer, ...manager, readyTimeoutSeconds },
                { parent: this },
            );
        }

        this.url = release.id.apply(() => uiUrl(gateway));
        this.registerOutputs({ url: this.url });
    }
}

const RULES = {
    ...CHART_RULES,
    gateway: GATEWAY,
    queryHost: SERVICE_HOST,
    sidecarHash: SIDECAR_HASH,
    revision: REVISION_RULE,
    imagePullPolicy: setting("imagePullPolicy"),
    resources: resourcesRule("proxy"),
    pods: PODS_RULE,
    certManagerPods: PODS_RULE,
    certManagerChartPassword: optional(CHART_PASSWORD_RULE),
    namespacePolicy: NAMESPACE_POLICY_RULE,
    certManagerNamespacePolicy: NAMESPACE_POLICY_RULE,
} satisfies RulesFor<JaegerUiArgs>;

/**
 * The arguments of {@link JaegerUi}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveJaegerUi(name: string, args: JaegerUiArgs) {
    return resolveArgs("JaegerUi", name, args, RULES, (spec) => ({
        spec,
        problems: inArguments(
            [
                ...findChartProblems(spec.chartSource, ["gateway"]),
                ...findAccessProblems(spec.chartSource, spec.chartAccess),
                ...findCertManagerChartProblems({
                    ui: spec.gateway,
                    certManagerChartPassword: spec.certManagerChartPassword === undefined ? "" : "given",
                }),
                ...findResourceProblems({ proxy: spec.resources }),
            ],
            {
                "istio.chartSource": "chartSource",
                "istio.chartAccess": "chartAccess",
                istioChartPassword: "chartAccess.password",
                "ui.tls.certManagerChart": "gateway.tls.install.chart",
                "resources.proxy": "resources",
            },
        ),
    }));
}
