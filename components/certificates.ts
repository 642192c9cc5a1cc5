import * as k8s from "@pulumi/kubernetes";
import { CertManager, type types } from "@pulumi/kubernetes-cert-manager";
import * as pulumi from "@pulumi/pulumi";
import { CHART_PASSWORD_RULE, NAMESPACE_POLICY_RULE, NAMESPACE_RULE, PODS_RULE, setting } from "./argumentRules";
import { chartInputs } from "./charts";
import { ownNamespace } from "./ownNamespace";
import type { NamespacePolicy } from "./ownNamespaces";
import type { PodPolicy } from "./pods";
import { renderCertificateSpec, renderIssuerSpec } from "./render/certificate";
import { renderCertManagerPodArgs } from "./render/podPolicy";
import type { PlainObject } from "../shared/values/plainObjects";
import { optional, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { readyWithin } from "./resources";
import { certManagerAccessProblems } from "./settings/chartAccess";
import type { SettingsProblem } from "./settings/problems";
import type { CertManagerInstall, UiIssuer } from "./ui";
import { CERT_MANAGER, HOST, ISSUER } from "./uiRules";

/** Inputs of {@link Certificates}. */
export interface CertificatesArgs {
    /** Existing namespace of the Certificate and its Secret, which is the gateway's namespace. */
    namespace: pulumi.Input<string>;
    /** DNS name of the certificate. */
    host: string;
    issuer: UiIssuer;
    /**
     * The cert-manager to install.
     * @default the cluster already has one
     */
    install?: CertManagerInstall;
    /**
     * Password for the repository of its chart. Always kept as a Pulumi secret.
     * @default none
     */
    chartPassword?: pulumi.Input<string>;
    /**
     * Scheduling, labels and annotations of that cert-manager's pods, and how their images are pulled.
     * @default the cluster's defaults
     */
    pods?: Partial<PodPolicy>;
    /**
     * Owner, labels and annotations of that cert-manager's namespace.
     * @default created here
     */
    namespacePolicy?: Partial<NamespacePolicy>;
    /**
     * Time limit for Issuer and Certificate to become ready, in seconds, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
}

/**
 * A certificate that cert-manager issues and renews, in the Secret `jaeger-ui-tls`.
 *
 * Children: Issuer and Certificate `<name>`, named `jaeger-ui` in the cluster; with `install` also the Namespace and
 * the CertManager `<name>-manager`.
 *
 * An ACME authority signs only after the host's DNS name resolves to the gateway, which has no address before its first
 * `up`, so the program does not wait for such a certificate.
 */
export class Certificates extends pulumi.ComponentResource {
    constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
        const { issuer: signer, host, ...spec } = resolveCertificates(name, args);
        const kept = args.chartPassword === undefined ? {} : { chartPassword: pulumi.secret(args.chartPassword) };
        super("istio-tracing:components:Certificates", name, { ...args, ...kept }, opts);

        const manager = spec.install && this.certManager(`${name}-manager`, { ...spec, install: spec.install });
        const waits = signer.type !== "acme";
        const issuer = this.certManagerObject(name, "Issuer", renderIssuerSpec(signer), spec, waits, manager);
        this.certManagerObject(name, "Certificate", renderCertificateSpec(host, "jaeger-ui"), spec, waits, issuer);
        this.registerOutputs({});
    }

    /** Always sets namespace and version, because the chart would otherwise use the newest version. */
    private certManager(
        name: string,
        spec: Omit<Resolved<typeof RULES>, "host" | "issuer" | "install"> & { install: CertManagerInstall },
    ): CertManager {
        const { install, chartPassword: password, pods, namespacePolicy } = spec;
        const { namespace, version, chart } = install;
        const home = ownNamespace(name, namespace, namespacePolicy, { parent: this });
        const from = chart && chartInputs(chart.source, "cert-manager", version, { ...chart.access, password });
        return new CertManager(
            name,
            {
                ...renderCertManagerPodArgs(pods),
                installCRDs: true,
                helmOptions: { namespace: home.name, version, ...(from as types.input.ReleaseArgs | undefined) },
            },
            { parent: this },
        );
    }

    private certManagerObject(
        name: string,
        kind: "Issuer" | "Certificate",
        spec: PlainObject,
        { namespace, readyTimeoutSeconds }: { namespace: pulumi.Input<string>; readyTimeoutSeconds: number },
        waits: boolean,
        after: pulumi.Resource | undefined,
    ): k8s.apiextensions.CustomResource {
        const annotations = waits ? { "pulumi.com/waitFor": "condition=Ready" } : undefined;
        return new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "cert-manager.io/v1",
                kind,
                metadata: { name: "jaeger-ui", namespace, ...(annotations && { annotations }) },
                spec,
            },
            {
                parent: this,
                customTimeouts: readyWithin(readyTimeoutSeconds),
                ...(after !== undefined && { dependsOn: after }),
            },
        );
    }
}

const RULES = {
    namespace: NAMESPACE_RULE,
    host: HOST,
    issuer: ISSUER,
    install: optional(CERT_MANAGER),
    chartPassword: optional(CHART_PASSWORD_RULE),
    pods: PODS_RULE,
    namespacePolicy: NAMESPACE_POLICY_RULE,
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
} satisfies RulesFor<CertificatesArgs>;

/**
 * The arguments of {@link Certificates}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveCertificates(name: string, args: CertificatesArgs): Resolved<typeof RULES> {
    return resolveArgs("Certificates", name, args, RULES, (spec) => ({ spec, problems: chartProblems(spec) }));
}

function chartProblems({ install, chartPassword }: Resolved<typeof RULES>): SettingsProblem[] {
    const keys = {
        source: "install.chart.source",
        access: "install.chart.access",
        password: "chartPassword",
    };
    return install === undefined ? [] : certManagerAccessProblems(install.chart, chartPassword !== undefined, keys);
}
