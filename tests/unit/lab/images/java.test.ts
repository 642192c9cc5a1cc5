import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { javaCommand, keepLinksInside } from "../../../../lab/images/java";
import { writeTrustStore } from "../../../../lab/images/trustStore";
import { createAuthority } from "../../../../shared/certificates/x509";

describe("an unpacked Java", () => {
    const folder = fs.mkdtempSync(path.join(tmpdir(), "java-"));
    after(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("reads its own configuration, not the machine's", () => {
        fs.mkdirSync(path.join(folder, "etc/java"), { recursive: true });
        fs.mkdirSync(path.join(folder, "usr/lib/conf"), { recursive: true });
        fs.writeFileSync(path.join(folder, "etc/java/net.properties"), "own");
        fs.symlinkSync("/etc/java/net.properties", path.join(folder, "usr/lib/conf/net.properties"));
        fs.symlinkSync("conf", path.join(folder, "usr/lib/same"));
        keepLinksInside(folder);
        // The folder moves once it is complete.
        const moved = `${folder}-moved`;
        fs.renameSync(folder, moved);
        try {
            assert.equal(fs.readFileSync(path.join(moved, "usr/lib/conf/net.properties"), "utf8"), "own");
            assert.equal(fs.readlinkSync(path.join(moved, "usr/lib/same")), "conf");
        } finally {
            fs.renameSync(moved, folder);
        }
    });

    it("runs servers of tests so that they start soon, and others so that they work fast", () => {
        assert.deepEqual(javaCommand("java", { heapMiB: 384, startsFast: true }), [
            ...["java", "-Xmx384m", "-XX:TieredStopAtLevel=1"],
        ]);
        assert.deepEqual(javaCommand("java", { heapMiB: 1024, startsFast: false }), ["java", "-Xmx1024m"]);
    });

    it("trusts exactly the certificates that the machine trusts", () => {
        const authorities = ["one.example", "two.example"].map(createAuthority);
        const bundle = path.join(folder, "trusted.pem");
        fs.writeFileSync(bundle, authorities.map((one) => `# comment\n${one.certificatePem}`).join("\n"));
        const file = path.join(folder, "trusted.jks");
        writeTrustStore(file, bundle);
        const store = fs.readFileSync(file);
        assert.equal(store.readUInt32BE(0), 0xfeedfeed);
        assert.equal(store.readUInt32BE(8), 2, "the number of certificates");
        for (const one of authorities) assert.ok(store.includes(new X509Certificate(one.certificatePem).raw));
    });

    it("names the missing file on a machine without trusted certificates", () => {
        const missing = path.join(folder, "missing.pem");
        assert.throws(() => {
            writeTrustStore(path.join(folder, "x.jks"), missing);
        }, /in .+missing\.pem, got no such file/);
    });
});
