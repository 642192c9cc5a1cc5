import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

// Node.js reads certificates but cannot make them. These few DER types make all that a cluster needs in
// milliseconds, without a child process for each certificate.

/** A certificate and its private key. */
export interface Certificate {
    certificatePem: string;
    privateKeyPem: string;
}

/** A certificate that may sign others. */
export interface Authority extends Certificate {
    subject: Subject;
    privateKey: KeyObject;
    publicKey: KeyObject;
}

/** Distinguished name, as Kubernetes reads it: user and group. */
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

const oids = {
    commonName: [2, 5, 4, 3],
    organization: [2, 5, 4, 10],
    ecdsaWithSha256: [1, 2, 840, 10045, 4, 3, 2],
    subjectKeyIdentifier: [2, 5, 29, 14],
    keyUsage: [2, 5, 29, 15],
    subjectAltName: [2, 5, 29, 17],
    basicConstraints: [2, 5, 29, 19],
    authorityKeyIdentifier: [2, 5, 29, 35],
    extendedKeyUsage: [2, 5, 29, 37],
    serverAuth: [1, 3, 6, 1, 5, 5, 7, 3, 1],
    clientAuth: [1, 3, 6, 1, 5, 5, 7, 3, 2],
};

/** A new self-signed certificate authority. */
export function createAuthority(commonName: string): Authority {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const subject = { commonName };
    const certificatePem = issue(subject, publicKey, subject, privateKey, [
        extension(oids.basicConstraints, sequence(boolean(true)), true),
        // digitalSignature, keyCertSign, cRLSign
        extension(oids.keyUsage, der(0x03, Buffer.from([0x01, 0x86])), true),
        extension(oids.subjectKeyIdentifier, der(0x04, keyIdentifier(publicKey))),
    ]);
    return { certificatePem, privateKeyPem: pem(privateKey), subject, privateKey, publicKey };
}

/** A new certificate for a client or a server, signed by an authority. */
export function createLeaf(authority: Authority, options: LeafOptions): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const extensions = [
        extension(oids.basicConstraints, sequence(), true),
        // digitalSignature
        extension(oids.keyUsage, der(0x03, Buffer.from([0x07, 0x80])), true),
        extension(oids.extendedKeyUsage, sequence(oid(options.usage === "client" ? oids.clientAuth : oids.serverAuth))),
        extension(oids.authorityKeyIdentifier, sequence(der(0x80, keyIdentifier(authority.publicKey)))),
    ];
    const names = [
        ...(options.dnsNames ?? []).map((name) => der(0x82, Buffer.from(name, "ascii"))),
        ...(options.addresses ?? []).map((address) => der(0x87, Buffer.from(address.split(".").map(Number)))),
    ];
    if (names.length > 0) extensions.push(extension(oids.subjectAltName, sequence(...names)));
    const certificatePem = issue(options.subject, publicKey, authority.subject, authority.privateKey, extensions);
    return { certificatePem, privateKeyPem: pem(privateKey) };
}

function issue(subject: Subject, key: KeyObject, issuer: Subject, issuerKey: KeyObject, extensions: Buffer[]): string {
    const algorithm = sequence(oid(oids.ecdsaWithSha256));
    const day = 24 * 3600 * 1000;
    const toBeSigned = sequence(
        der(0xa0, integer(Buffer.from([2]))),
        integer(randomBytes(16)),
        algorithm,
        distinguishedName(issuer),
        // An hour back: a clock that is set right after the lab came up must not make the lab invalid.
        sequence(utcTime(Date.now() - day / 24), utcTime(Date.now() + 3650 * day)),
        distinguishedName(subject),
        key.export({ type: "spki", format: "der" }),
        der(0xa3, sequence(...extensions)),
    );
    const certificate = sequence(toBeSigned, algorithm, bitString(sign("sha256", toBeSigned, issuerKey)));
    const base64 = certificate.toString("base64").replace(/.{1,64}/g, "$&\n");
    return `-----BEGIN CERTIFICATE-----\n${base64}-----END CERTIFICATE-----\n`;
}

function pem(key: KeyObject): string {
    return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function keyIdentifier(key: KeyObject): Buffer {
    return createHash("sha1")
        .update(key.export({ type: "spki", format: "der" }))
        .digest();
}

function der(tag: number, ...contents: Buffer[]): Buffer {
    const body = Buffer.concat(contents);
    if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
    const length = Buffer.from([body.length >> 8, body.length & 0xff]);
    const used = length[0] === 0 ? length.subarray(1) : length;
    return Buffer.concat([Buffer.from([tag, 0x80 | used.length]), used, body]);
}

function sequence(...contents: Buffer[]): Buffer {
    return der(0x30, ...contents);
}

function boolean(value: boolean): Buffer {
    return der(0x01, Buffer.from([value ? 0xff : 0x00]));
}

/** A number that is not negative: DER asks for a leading zero byte when the first bit is set, and for no other. */
function integer(bytes: Buffer): Buffer {
    const positive = Buffer.from(bytes);
    positive[0] = ((positive[0] ?? 0) & 0x7f) | (bytes.length > 1 ? 0x40 : 0);
    return der(0x02, positive);
}

function bitString(bytes: Buffer): Buffer {
    return der(0x03, Buffer.from([0]), bytes);
}

function utcTime(milliseconds: number): Buffer {
    const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, "").slice(2, 14);
    return der(0x17, Buffer.from(`${digits}Z`, "ascii"));
}

function oid(arcs: number[]): Buffer {
    const [first = 0, second = 0, ...rest] = arcs;
    const bytes = [first * 40 + second];
    for (const arc of rest) {
        const groups = [arc & 0x7f];
        for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
        bytes.push(...groups);
    }
    return der(0x06, Buffer.from(bytes));
}

function distinguishedName(subject: Subject): Buffer {
    const part = (type: number[], value: string): Buffer =>
        der(0x31, sequence(oid(type), der(0x0c, Buffer.from(value))));
    const organization = subject.organization === undefined ? [] : [part(oids.organization, subject.organization)];
    return sequence(...organization, part(oids.commonName, subject.commonName));
}

function extension(type: number[], value: Buffer, critical = false): Buffer {
    return sequence(oid(type), ...(critical ? [boolean(true)] : []), der(0x04, value));
}
