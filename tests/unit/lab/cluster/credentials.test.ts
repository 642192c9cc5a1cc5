import assert from "node:assert/strict";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type SecureContextOptions, type TLSSocket } from "node:tls";
import { parse } from "yaml";
import { createCredentials } from "../../../../lab/cluster/credentials";
import {
    type Authority,
    type Certificate,
    createAuthority,
    createLeaf,
    type LeafOptions,
} from "../../../../shared/certificates/x509";
import { labIdentity } from "../../../../lab/identity";

describe("certificates", () => {
    const authority = createAuthority("test-ca");
    const certificateOf = (text: string): X509Certificate => new X509Certificate(text);

    it("come from an authority that may sign", () => {
        const certificate = certificateOf(authority.certificatePem);
        assert.equal(certificate.ca, true);
        assert.ok(certificate.verify(authority.publicKey));
        assert.ok(certificate.checkIssued(certificate));
    });

    it("carry the names, addresses and the usage of a server", () => {
        const subject = { commonName: "kube-apiserver" };
        const leaf = createLeaf(authority, {
            subject,
            usage: "server",
            dnsNames: ["kubernetes"],
            addresses: ["10.96.0.1"],
        });
        const certificate = certificateOf(leaf.certificatePem);
        assert.ok(certificate.verify(authority.publicKey));
        assert.ok(certificate.checkIssued(certificateOf(authority.certificatePem)));
        assert.ok(certificate.checkPrivateKey(createPrivateKey(leaf.privateKeyPem)));
        assert.equal(certificate.checkHost("kubernetes"), "kubernetes");
        assert.equal(certificate.checkIP("10.96.0.1"), "10.96.0.1");
        assert.equal(certificate.checkIP("10.96.0.2"), undefined);
        assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
        assert.equal(certificate.ca, false);
    });

    it("carry user and group of a client", () => {
        const subject = { commonName: "system:node:x", organization: "system:nodes" };
        const certificate = certificateOf(createLeaf(authority, { subject, usage: "client" }).certificatePem);
        assert.equal(certificate.subject, "O=system:nodes\nCN=system:node:x");
        assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
    });

    it("are valid now and for years", () => {
        const { validFrom, validTo } = certificateOf(authority.certificatePem);
        assert.ok(Date.parse(validFrom) < Date.now());
        assert.ok(Date.parse(validTo) > Date.now() + 5 * 365 * 24 * 3600 * 1000);
    });

    it("have positive serial numbers that differ", () => {
        const serials = Array.from(
            { length: 20 },
            () => certificateOf(createAuthority("x").certificatePem).serialNumber,
        );
        assert.equal(new Set(serials).size, 20);
        assert.ok(
            serials.every((serial) => /^[4-7]/.test(serial)),
            serials.join(" "),
        );
    });
});

describe("a server and a client with certificates of one authority", () => {
    const authority = createAuthority("test-ca");
    const options = (leaf: Certificate): SecureContextOptions => ({
        ca: authority.certificatePem,
        cert: leaf.certificatePem,
        key: leaf.privateKeyPem,
    });
    const server = createServer({
        ...options(createLeaf(authority, { subject: { commonName: "x" }, usage: "server", addresses: ["127.0.0.1"] })),
        requestCert: true,
        rejectUnauthorized: false,
    });
    before(async () => once(server.listen(0, "127.0.0.1"), "listening"));
    after(() => server.close());

    /** What the server sees of a client that trusts the authority. */
    const serve = async (from: Authority, usage: LeafOptions["usage"]): Promise<TLSSocket> => {
        const leaf = createLeaf(from, { subject: { commonName: "Jörg", organization: "readers" }, usage });
        const { port } = server.address() as AddressInfo;
        const accepted = once(server, "secureConnection") as Promise<[TLSSocket]>;
        const client = connect({ ...options(leaf), host: "127.0.0.1", port });
        await once(client, "secureConnect");
        const [socket] = await accepted;
        socket.resume().once("end", () => socket.destroy());
        client.end();
        return socket;
    };

    it("trust each other, and the server reads the client's user and group", async () => {
        const socket = await serve(authority, "client");
        assert.ok(socket.authorized);
        assert.deepEqual({ ...socket.getPeerCertificate().subject }, { O: "readers", CN: "Jörg" });
    });

    it("trust neither a certificate of another authority nor one for another use", async () => {
        assert.equal((await serve(createAuthority("other"), "client")).authorized, false);
        assert.equal((await serve(authority, "server")).authorized, false);
    });
});

describe("the credentials of a cluster", () => {
    const folder = mkdtempSync(join(tmpdir(), "credentials-"));
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("are files for root alone, with a kubeconfig for each side of the wall", () => {
        const identity = { ...labIdentity(), stateDir: folder, nodeAddress: "10.200.7.1", apiPort: 23456 };
        const credentials = createCredentials(identity);
        const files = readdirSync(join(folder, "pki")).map((name) => join(folder, "pki", name));
        for (const file of [...files, credentials.kubeconfig]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
        const read = (path: string): { clusters: { cluster: { server: string } }[]; "current-context": string } =>
            parse(readFileSync(path, "utf8")) as ReturnType<typeof read>;
        assert.equal(read(credentials.kubeconfig).clusters[0]?.cluster.server, "https://127.0.0.1:23456");
        assert.equal(read(credentials.insideKubeconfig).clusters[0]?.cluster.server, "https://10.200.7.1:6443");
        assert.equal(read(credentials.kubeconfig)["current-context"], identity.name);
    });
});
