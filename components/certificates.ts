import * as k8s from "@pulumi/kubernetes";
import { CertManager } from "@pulumi/kubernetes-cert-manager";
import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE_RULE, setting } from "./argumentRules";
import { renderCertificateSpec, renderIssuerSpec } from "./render/certificate";
import type { PlainObject } from "../shared/values/plainObjects";
import { optional, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { readyWithin } from "./resources";
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
        const { issuer: signer, install, host, ...common } = resolveCertificates(name, args);
        super("istio-tracing:components:Certificates", name, { ...args }, opts);

        const manager = install && this.certManager(`${name}-manager`, install);
        const waits = signer.type !== "acme";
        const issuer = this.certManagerObject(name, "Issuer", renderIssuerSpec(signer), common, waits, manager);
        const spec = renderCertificateSpec(host, "jaeger-ui");
        this.certManagerObject(name, "Certificate", spec, common, waits, issuer);
        this.registerOutputs({});
    }

    /** Always sets namespace and version, because the chart would otherwise use the newest version. */
    private certManager(name: string, { namespace, version }: CertManagerInstall): CertManager {
        const home = new k8s.core.v1.Namespace(name, { metadata: { name: namespace } }, { parent: this });
        return new CertManager(
            name,
            { installCRDs: true, helmOptions: { namespace: home.metadata.name, version } },
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
