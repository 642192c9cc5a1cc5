import { createHash, X509Certificate } from "node:crypto";
import * as fs from "node:fs";

/** Where Debian keeps the certificates of all authorities that the machine trusts, with the owner's own. */
const MACHINE_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** Java's own format, which it reads whatever its security policy says. */
const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED_CERTIFICATE = 2;
const PASSWORD = "changeit";
/** Part of the format's checksum. */
const SALT = "Mighty Aphrodite";

/**
 * Writes the machine's trusted certificates for an unpacked Java, whose own file only an installation would make.
 *
 * @throws Error if the machine has no such certificates.
 */
export function writeTrustStore(file: string, bundle: string = MACHINE_BUNDLE): void {
    if (!fs.existsSync(bundle)) {
        throw new Error(`Expected trusted certificates in ${bundle}, got no such file. Install ca-certificates.`);
    }
    fs.writeFileSync(file, renderTrustStore(fs.readFileSync(bundle, "utf8")));
}

/** A Java key store (JKS) that trusts exactly these PEM certificates. Its password is Java's usual `changeit`. */
function renderTrustStore(pem: string): Buffer {
    const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const entries = found.map((text, index) => renderEntry(String(index), new X509Certificate(text).raw));
    const content = Buffer.concat([uint32(MAGIC), uint32(VERSION), uint32(entries.length), ...entries]);
    const key = Buffer.from(PASSWORD, "utf16le").swap16();
    const checksum = createHash("sha1").update(key).update(SALT).update(content).digest();
    return Buffer.concat([content, checksum]);
}

function renderEntry(alias: string, certificate: Buffer): Buffer {
    const createdAt = Buffer.alloc(8);
    return Buffer.concat([
        uint32(TRUSTED_CERTIFICATE),
        ...[text(alias), createdAt, text("X.509")],
        ...[uint32(certificate.length), certificate],
    ]);
}

function uint32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
}

function text(value: string): Buffer {
    const bytes = Buffer.from(value, "utf8");
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
}
