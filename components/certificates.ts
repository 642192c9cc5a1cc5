import * as k8s from "@pulumi/kubernetes";
import { CertManager } from "@pulumi/kubernetes-cert-manager";
import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE_POLICY_RULE, NAMESPACE_RULE, PODS_RULE, setting } from "./argumentRules";
import { ownNamespace } from "./ownNamespace";
import type { NamespacePolicy } from "./ownNamespaces";
import type { PodPolicy } from "./pods";
import { renderCertificateSpec, renderIssuerSpec } from "./render/certificate";
import { renderCertManagerPodArgs } from "./render/podPolicy";
import type { PlainObject } from "../shared/values/plainObjects";
import { optional, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { readyWithin } from "./resources";
import type { CertManagerInstall, UiIssuer } from "./ui";
import { CERT_MANAGER, HOST, ISSUER } from "./uiRules";

/** Inputs of {@link Certificates}. */
export interface CertificatesArgs {
    /** Existing namespace of the Certificate and its Secret, which is that of the gateway. */
    namespace: pulumi.Input<string>;
    /** DNS name that the certificate is for. */
    host: string;
    issuer: UiIssuer;
    /**
     * cert-manager to be installed.
     * @default one is in the cluster already
     */
    install?: CertManagerInstall;
    /**
     * Where the pods of that cert-manager run, what is written on them, and how their images are pulled.
     * @default as the cluster has it
     */
    pods?: Partial<PodPolicy>;
    /**
     * Whose the namespace of that cert-manager is, and what is written on it.
     * @default made here
     */
    namespacePolicy?: Partial<NamespacePolicy>;
    /**
     * Seconds that Issuer and Certificate may take to become ready, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
}

/**
 * A certificate that cert-manager keeps, in the Secret `jaeger-ui-tls`.
 *
 * Children: Issuer and Certificate `<name>`, called `jaeger-ui` in the cluster; with `install` also the Namespace and
 * the CertManager `<name>-manager`.
 *
 * An ACME authority signs only once the host's name leads to the gateway, which has no address before its first `up`:
 * such a certificate is not waited for.
 */
export class Certificates extends pulumi.ComponentResource {
    constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
        const { issuer: signer, install, host, pods, namespacePolicy, ...common } = resolveCertificates(name, args);
        super("istio-tracing:components:Certificates", name, { ...args }, opts);

        const manager = install && this.certManager(`${name}-manager`, install, pods, namespacePolicy);
        const waits = signer.type !== "acme";
        const issuer = this.certManagerObject(name, "Issuer", renderIssuerSpec(signer), common, waits, manager);
        const spec = renderCertificateSpec(host, "jaeger-ui");
        this.certManagerObject(name, "Certificate", spec, common, waits, issuer);
        this.registerOutputs({});
    }

    /** Namespace and version are always said: left to itself, the chart would take the newest of the day. */
    private certManager(
        name: string,
        { namespace, version }: CertManagerInstall,
        pods: PodPolicy,
        policy: NamespacePolicy,
    ): CertManager {
        const home = ownNamespace(name, namespace, policy, { parent: this });
        return new CertManager(
            name,
            {
                ...renderCertManagerPodArgs(pods),
                installCRDs: true,
                helmOptions: { namespace: home.name, version },
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
    return resolveArgs("Certificates", name, args, RULES);
}
