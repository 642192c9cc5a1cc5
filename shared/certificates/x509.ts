import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import * as asn1 from "@peculiar/asn1-x509";

// Node.js can read certificates but cannot create them. @peculiar/x509 can, but only asynchronously. Its ASN.1 types,
// with signatures by node:crypto, create certificates synchronously.

/** A certificate and its private key. */
export interface Certificate {
    certificatePem: string;
    privateKeyPem: string;
}

/** A certificate that can sign others. */
export interface Authority extends Certificate {
    subject: Subject;
    privateKey: KeyObject;
    publicKey: KeyObject;
}

/** Distinguished name, which Kubernetes reads as user and group. */
export interface Subject {
    commonName: string;
    organization?: string;
}

export interface LeafOptions {
    subject: Subject;
    usage: "client" | "server";
    dnsNames?: string[];
    /** IPv4 only. */
    addresses?: string[];
}

const COMMON_NAME = "2.5.4.3";
const ORGANIZATION = "2.5.4.10";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** A new self-signed certificate authority. */
export function createAuthority(commonName: string): Authority {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const subject = { commonName };
    const { digitalSignature, keyCertSign, cRLSign } = asn1.KeyUsageFlags;
    const certificatePem = issue(subject, publicKey, subject, privateKey, [
        extension(asn1.id_ce_basicConstraints, new asn1.BasicConstraints({ cA: true }), true),
        extension(asn1.id_ce_keyUsage, new asn1.KeyUsage(digitalSignature | keyCertSign | cRLSign), true),
        extension(asn1.id_ce_subjectKeyIdentifier, new asn1.SubjectKeyIdentifier(keyIdentifier(publicKey))),
    ]);
    return { certificatePem, privateKeyPem: pem(privateKey), subject, privateKey, publicKey };
}

/** A new certificate for a client or a server, signed by an authority. */
export function createLeaf(authority: Authority, options: LeafOptions): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const usage = options.usage === "client" ? asn1.id_kp_clientAuth : asn1.id_kp_serverAuth;
    const issuerKey = new asn1.KeyIdentifier(keyIdentifier(authority.publicKey));
    const extensions = [
        extension(asn1.id_ce_basicConstraints, new asn1.BasicConstraints(), true),
        extension(asn1.id_ce_keyUsage, new asn1.KeyUsage(asn1.KeyUsageFlags.digitalSignature), true),
        extension(asn1.id_ce_extKeyUsage, new asn1.ExtendedKeyUsage([usage])),
        extension(asn1.id_ce_authorityKeyIdentifier, new asn1.AuthorityKeyIdentifier({ keyIdentifier: issuerKey })),
    ];
    const names = [
        ...(options.dnsNames ?? []).map((dNSName) => new asn1.GeneralName({ dNSName })),
        ...(options.addresses ?? []).map((iPAddress) => new asn1.GeneralName({ iPAddress })),
    ];
    if (names.length > 0) {
        extensions.push(extension(asn1.id_ce_subjectAltName, new asn1.SubjectAlternativeName(names)));
    }
    const certificatePem = issue(options.subject, publicKey, authority.subject, authority.privateKey, extensions);
    return { certificatePem, privateKeyPem: pem(privateKey) };
}

function issue(
    subject: Subject,
    key: KeyObject,
    issuer: Subject,
    issuerKey: KeyObject,
    extensions: asn1.Extension[],
): string {
    const signatureAlgorithm = new asn1.AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
    const tbsCertificate = new asn1.TBSCertificate({
        version: asn1.Version.v3,
        serialNumber: serialNumber(),
        signature: signatureAlgorithm,
        issuer: distinguishedName(issuer),
        validity: new asn1.Validity({
            // Starts an hour ago, so that a clock correction after the lab's start does not invalidate the
            // certificates.
            notBefore: new Date(Date.now() - DAY_MILLISECONDS / 24),
            notAfter: new Date(Date.now() + 3650 * DAY_MILLISECONDS),
        }),
        subject: distinguishedName(subject),
        subjectPublicKeyInfo: AsnConvert.parse(spki(key), asn1.SubjectPublicKeyInfo),
        extensions: new asn1.Extensions(extensions),
    });
    const signature = sign("sha256", Buffer.from(AsnConvert.serialize(tbsCertificate)), issuerKey);
    const certificate = new asn1.Certificate({ tbsCertificate, signatureAlgorithm, signatureValue: bytes(signature) });
    return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString();
}

/** Positive, and without a leading zero byte, which DER allows only where the next bit is set. */
function serialNumber(): ArrayBuffer {
    const random = randomBytes(16);
    random[0] = ((random[0] ?? 0) & 0x7f) | 0x40;
    return bytes(random);
}

function distinguishedName({ commonName, organization }: Subject): asn1.Name {
    const part = (type: string, utf8String: string): asn1.RelativeDistinguishedName =>
        new asn1.RelativeDistinguishedName([
            new asn1.AttributeTypeAndValue({ type, value: new asn1.AttributeValue({ utf8String }) }),
        ]);
    return new asn1.Name([
        ...(organization === undefined ? [] : [part(ORGANIZATION, organization)]),
        part(COMMON_NAME, commonName),
    ]);
}

function extension(extnID: string, value: object, critical = false): asn1.Extension {
    return new asn1.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function keyIdentifier(key: KeyObject): ArrayBuffer {
    return bytes(createHash("sha1").update(spki(key)).digest());
}

function spki(key: KeyObject): Buffer {
    return key.export({ type: "spki", format: "der" });
}

function pem(key: KeyObject): string {
    return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Only the bytes of the buffer: small buffers in Node.js share one ArrayBuffer. */
function bytes(buffer: Buffer): ArrayBuffer {
    return new Uint8Array(buffer).buffer;
}
