import type { UiIssuer } from "../ui";
import { CERTIFICATE_SECRET } from "./jaegerGateway";
import type { PlainObject } from "../../shared/values/plainObjects";

/** Class of the Ingress for an ACME challenge, which istiod serves at the gateway. */
export const CHALLENGE_INGRESS_CLASS = "istio";

/** Spec of cert-manager's Issuer: https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.IssuerSpec */
export function renderIssuerSpec(issuer: UiIssuer): PlainObject {
    if (issuer.type === "selfSigned") return { selfSigned: {} };
    if (issuer.type === "ca") return { ca: { secretName: issuer.secretName } };
    return {
        acme: {
            email: issuer.email,
            server: issuer.server,
            privateKeySecretRef: { name: "jaeger-ui-acme-account" },
            solvers: issuer.solvers ?? [{ http01: { ingress: { class: CHALLENGE_INGRESS_CLASS } } }],
        },
    };
}

/** Spec of cert-manager's Certificate: https://cert-manager.io/docs/usage/certificate/ */
export function renderCertificateSpec(host: string, issuer: string): PlainObject {
    return {
        secretName: CERTIFICATE_SECRET,
        dnsNames: [host],
        issuerRef: { name: issuer, kind: "Issuer", group: "cert-manager.io" },
        usages: ["server auth"],
        // A leaked key becomes useless after the next renewal.
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    };
}
