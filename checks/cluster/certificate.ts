import { X509Certificate } from "node:crypto";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { listOf, mapOf, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Finding } from "../finding";

/** A Secret as the API server returns it. */
export interface SecretObject extends ClusterObject {
    type?: string;
    data?: Record<string, string>;
}

/** A cert-manager Certificate as the API server returns it. */
export interface CertificateObject extends ClusterObject {
    status?: { notAfter?: string; conditions?: { type: string; status: string; message?: string }[] };
}

/** The fields of a Secret that the check reads. */
export const SECRET: Shape<SecretObject> = objectOf<SecretObject>(
    { metadata: METADATA_SHAPE, type: text, data: mapOf(text) },
    "metadata",
);

/** The fields of a Certificate that the check reads. */
export const CERTIFICATE: Shape<CertificateObject> = objectOf<CertificateObject>(
    {
        metadata: METADATA_SHAPE,
        status: objectOf({
            notAfter: text,
            conditions: listOf(objectOf({ type: text, status: text, message: text }, "type", "status")),
        }),
    },
    "metadata",
);

/** The Secret from which the UI's gateway takes its certificate. */
export interface WantedCertificate {
    namespace: string;
    secretName: string;
    host: string;
}

const DAYS_LEFT = 14;
const DAY = 24 * 60 * 60 * 1000;

/** Reports a Secret with which the gateway cannot serve the host. The port would stay closed without an error. */
export function checkTlsSecret(wanted: WantedCertificate, secret: SecretObject | undefined, now: Date): Finding[] {
    const { namespace, secretName, host } = wanted;
    const finding = (severity: Finding["severity"], expected: string, got: string, cure: string): Finding[] => [
        { id: "ui-tls-secret", severity, resource: `Secret ${namespace}/${secretName}`, expected, got, cure },
    ];
    const make = `kubectl create secret tls ${secretName} -n ${namespace} --cert=FILE --key=FILE`;
    if (secret === undefined) {
        const cure = `Create the namespace if it is missing, then the Secret: ${make}`;
        return finding("error", "a Secret of type kubernetes.io/tls, which ui.tls names", "no such Secret", cure);
    }
    if (secret.type !== "kubernetes.io/tls") {
        return finding(
            "error",
            "type kubernetes.io/tls",
            `type ${secret.type ?? "Opaque"}`,
            `Delete it and create it again: ${make}`,
        );
    }
    const certificate = parse(secret.data?.["tls.crt"]);
    if (certificate === undefined)
        return finding(
            "error",
            "a certificate",
            "data that is not a readable certificate",
            `Delete it and create it again: ${make}`,
        );
    const ends = new Date(certificate.validTo);
    if (ends <= now) {
        return finding("error", "a valid certificate", `one that expired on ${day(ends)}`, "Renew the certificate.");
    }
    if (certificate.checkHost(host) === undefined) {
        const got = certificate.subjectAltName ?? certificate.subject;
        return finding(
            "error",
            `a certificate for ${host}, the value of ui.host`,
            got,
            "Issue a certificate for that name.",
        );
    }
    if (ends.getTime() - now.getTime() > DAYS_LEFT * DAY) return [];
    const expected = `a certificate that is valid for at least ${String(DAYS_LEFT)} more days`;
    return finding(
        "warning",
        expected,
        `one that expires on ${day(ends)}`,
        "Renew it: browsers reject an expired certificate.",
    );
}

/**
 * Reports a missing cert-manager, or a second one: Helm rejects CRDs that another installer created.
 *
 * @param install true if the program installs it.
 * @param served true if the cluster serves its API.
 * @param own true if this program has already installed it.
 */
export function checkCertManager(install: boolean, served: boolean, own: boolean): Finding[] {
    if (served !== install || own) return [];
    const found = served ? "a cert-manager from another installer" : "none: the cluster does not serve its API";
    return [
        {
            ...{ id: "cert-manager-installed", severity: "error", resource: "cert-manager" },
            expected: install
                ? "no cert-manager, because ui.tls.certManager is install"
                : "a cert-manager, because ui.tls.mode is certManager",
            got: found,
            cure: install
                ? "Set ui.tls.certManager to installed to use the existing one."
                : "Install it (https://cert-manager.io/docs/installation/), or set ui.tls.certManager to install.",
        },
    ];
}

/** Reports a Certificate that cert-manager has not issued or not renewed. */
export function checkCertificateReady(certificate: CertificateObject | undefined, now: Date): Finding[] {
    if (certificate === undefined) return [];
    const { name, namespace = "" } = certificate.metadata;
    const ready = certificate.status?.conditions?.find(({ type }) => type === "Ready");
    const ends = new Date(certificate.status?.notAfter ?? Number.NaN);
    const finding = (expected: string, got: string): Finding[] => [
        {
            ...{ id: "ui-certificate-ready", severity: "error", expected, got },
            resource: `Certificate ${namespace}/${name}`,
            cure: `Find the reason: kubectl describe certificate,certificaterequest,order,challenge -n ${namespace}`,
        },
    ];
    if (ready?.status !== "True") return finding("Ready", ready?.message ?? "no status from cert-manager");
    return ends <= now ? finding("a valid certificate", `one that expired on ${day(ends)}`) : [];
}

function parse(base64: string | undefined): X509Certificate | undefined {
    try {
        return new X509Certificate(Buffer.from(base64 ?? "", "base64"));
    } catch {
        return undefined;
    }
}

function day(date: Date): string {
    return date.toISOString().slice(0, 10);
}
