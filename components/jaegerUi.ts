import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Certificates } from "./certificates";
import type { Istio } from "./istio";
import { istioChart, type ChartSource } from "./istioChart";
import { istioObject } from "./istioObject";
import { renderUntracedSpec } from "./render/jaegerAccess";
import {
    GATEWAY_LABELS,
    GATEWAY_NAME,
    renderExternalAuthorizationSpec,
    renderGatewaySpec,
    renderGatewayValues,
    renderVirtualServiceSpec,
} from "./render/jaegerGateway";
import type { PlainObject } from "./render/objects";
import { DEFAULT_RESOURCES, type ResourceRequirements } from "./resources";
import { answersHttpChallenge, isInExistingNamespace, uiUrl, type UiGateway } from "./ui";

/** Inputs of {@link JaegerUi}. */
export interface JaegerUiArgs extends Omit<ChartSource, "namespace"> {
    gateway: UiGateway;
    /** Full name of Jaeger's query Service. */
    queryHost: string;
    /** The mesh that the gateway belongs to, and after which it starts. */
    istio: Istio;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /** Size of the gateway. @default 100m CPU and 128Mi memory requested, 2 CPU and 1Gi at most */
    resources?: ResourceRequirements;
}

/**
 * The Jaeger UI for browsers: an ingress gateway of its own that knows one host.
 *
 * Children: Helm Release `<name>-gateway` (release `jaeger-gateway`), Gateway and VirtualService `<name>`, Telemetry
 * `<name>-untraced`; the Namespace `<name>` unless it holds a Secret of the user's; Certificates `<name>` with cert-manager;
 * AuthorizationPolicy `<name>` with an external authorizer.
 */
export class JaegerUi extends pulumi.ComponentResource {
    /** Address that a person opens in a browser. */
    public readonly url: pulumi.Output<string>;

    constructor(name: string, args: JaegerUiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("istio-tracing:components:JaegerUi", name, { ...args, istio: undefined }, opts);
        const { gateway } = args;

        const namespace = isInExistingNamespace(gateway)
            ? gateway.namespace
            : new k8s.core.v1.Namespace(name, { metadata: { name: gateway.namespace } }, { parent: this }).metadata
                  .name;
        const release = new k8s.helm.v3.Release(
            `${name}-gateway`,
            {
                ...istioChart({ ...args, namespace: gateway.namespace }, "gateway"),
                name: GATEWAY_NAME,
                namespace,
                values: renderGatewayValues(
                    gateway,
                    args.resources ?? DEFAULT_RESOURCES.proxy,
                    args.imagePullPolicy ?? "IfNotPresent",
                    args.istio.sidecarHash,
                ),
            },
            { parent: this, dependsOn: args.istio },
        );
        const networking = "networking.istio.io/v1";
        const object = (apiVersion: Parameters<typeof istioObject>[1]["apiVersion"], kind: string, spec: PlainObject) =>
            istioObject(
                kind === "Telemetry" ? `${name}-untraced` : name,
                { apiVersion, kind, name: "jaeger-ui", namespace, spec },
                { parent: this, dependsOn: args.istio },
            );
        object("telemetry.istio.io/v1", "Telemetry", renderUntracedSpec(GATEWAY_LABELS));
        const { authentication, tls } = gateway;
        if (authentication.mode === "external") {
            const spec = renderExternalAuthorizationSpec(authentication.provider, answersHttpChallenge(gateway));
            object("security.istio.io/v1", "AuthorizationPolicy", spec);
        }
        object(networking, "VirtualService", renderVirtualServiceSpec(gateway, "jaeger-ui", args.queryHost));
        object(networking, "Gateway", renderGatewaySpec(gateway));
        if (tls.mode === "certManager") {
            const { issuer, install } = tls;
            const { readyTimeoutSeconds } = args;
            new Certificates(
                name,
                { namespace, host: gateway.host, issuer, ...(install && { install }), readyTimeoutSeconds },
                { parent: this },
            );
        }

        this.url = release.id.apply(() => uiUrl(gateway));
        this.registerOutputs({ url: this.url });
    }
}
