import { X509Certificate } from "node:crypto";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { listOf, mapOf, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Finding } from "../finding";

/** A Secret as the API server has it. */
export interface SecretObject extends ClusterObject {
    type?: string;
    data?: Record<string, string>;
}

/** A Certificate of cert-manager as the API server has it. */
export interface CertificateObject extends ClusterObject {
    status?: { notAfter?: string; conditions?: { type: string; status: string; message?: string }[] };
}

/** What is read of a Secret. */
export const SECRET: Shape<SecretObject> = objectOf<SecretObject>(
    { metadata: METADATA_SHAPE, type: text, data: mapOf(text) },
    "metadata",
);

/** What is read of a Certificate. */
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

/** Which Secret the gateway of the UI takes its certificate from. */
export interface WantedCertificate {
    namespace: string;
    secretName: string;
    host: string;
}

const DAYS_LEFT = 14;
const DAY = 24 * 60 * 60 * 1000;

/** A Secret that the gateway could not serve the host with: its port would stay closed, and nothing would say why. */
export function checkTlsSecret(wanted: WantedCertificate, secret: SecretObject | undefined, now: Date): Finding[] {
    const { namespace, secretName, host } = wanted;
    const finding = (severity: Finding["severity"], expected: string, got: string, cure: string): Finding[] => [
        { id: "ui-tls-secret", severity, resource: `Secret ${namespace}/${secretName}`, expected, got, cure },
    ];
    const make = `kubectl create secret tls ${secretName} -n ${namespace} --cert=FILE --key=FILE`;
    if (secret === undefined) {
        const cure = `Make it, and its namespace before it: ${make}`;
        return finding("error", "a Secret of type kubernetes.io/tls, since ui.tls names it", "none", cure);
    }
    if (secret.type !== "kubernetes.io/tls") {
        return finding("error", "type kubernetes.io/tls", `type ${secret.type ?? "Opaque"}`, `Make it anew: ${make}`);
    }
    const certificate = parse(secret.data?.["tls.crt"]);
    if (certificate === undefined)
        return finding("error", "a certificate", "none that can be read", `Make it anew: ${make}`);
    const ends = new Date(certificate.validTo);
    if (ends <= now) {
        return finding("error", "a certificate that is still valid", `one that ended on ${day(ends)}`, "Renew it.");
    }
    if (certificate.checkHost(host) === undefined) {
        const got = certificate.subjectAltName ?? certificate.subject;
        return finding("error", `a certificate for ${host}, which ui.host is`, got, "Have one made for that name.");
    }
    if (ends.getTime() - now.getTime() > DAYS_LEFT * DAY) return [];
    const expected = `${String(DAYS_LEFT)} days or more until the certificate ends`;
    return finding("warning", expected, `it ends on ${day(ends)}`, "Renew it: browsers refuse one that has ended.");
}

/**
 * A cert-manager that is missing, or one too many: Helm refuses CRDs that another installer made.
 *
 * @param install true when the program is to install it.
 * @param served true when its API is there.
 * @param own true when this program has installed it already.
 */
export function checkCertManager(install: boolean, served: boolean, own: boolean): Finding[] {
    if (served !== install || own) return [];
    const found = served ? "one that something else installed" : "none: its API is not served";
    return [
        {
            ...{ id: "cert-manager-installed", severity: "error", resource: "cert-manager" },
            expected: install ? "none, since ui.tls.certManager is install" : "one, since ui.tls.mode is certManager",
            got: found,
            cure: install
                ? "Set ui.tls.certManager to installed, and the program uses the one that is there."
                : "Have it installed (https://cert-manager.io/docs/installation/), or set ui.tls.certManager to install.",
        },
    ];
}

/** A Certificate that cert-manager has not got, or not renewed. */
export function checkCertificateReady(certificate: CertificateObject | undefined, now: Date): Finding[] {
    if (certificate === undefined) return [];
    const { name, namespace = "" } = certificate.metadata;
    const ready = certificate.status?.conditions?.find(({ type }) => type === "Ready");
    const ends = new Date(certificate.status?.notAfter ?? Number.NaN);
    const finding = (expected: string, got: string): Finding[] => [
        {
            ...{ id: "ui-certificate-ready", severity: "error", expected, got },
            resource: `Certificate ${namespace}/${name}`,
            cure: `Look why: kubectl describe certificate,certificaterequest,order,challenge -n ${namespace}`,
        },
    ];
    if (ready?.status !== "True") return finding("Ready", ready?.message ?? "no word from cert-manager");
    return ends <= now ? finding("a certificate that is still valid", `one that ended on ${day(ends)}`) : [];
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
