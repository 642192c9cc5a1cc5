import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type TarEntry, writeTar } from "../../../lab/images/tar";

describe("a tar archive", () => {
    let folder: string;
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "tar-"))));
    afterEach(() => {
        fs.rmSync(folder, { recursive: true });
    });

    const archive = (): string => path.join(folder, "archive.tar");
    const file = (name: string, content: TarEntry["content"]): TarEntry => ({
        name,
        type: "file",
        mode: 0o644,
        content,
    });
    const tar = (...args: string[]): string =>
        execFileSync("tar", ["--numeric-owner", "--utc", ...args, "-f", archive()], { encoding: "utf8" });

    it("has the SHA-256 that it is said to have, and files of any size whole", async () => {
        const large = path.join(folder, "large");
        const content = randomBytes(3 * 1024 * 1024 + 7);
        fs.writeFileSync(large, content);
        const digest = await writeTar(archive(), [
            file("empty", ""),
            file("large", { path: large }),
            file("last", "x"),
        ]);
        assert.equal(createHash("sha256").update(fs.readFileSync(archive())).digest("hex"), digest);
        const out = path.join(folder, "out");
        fs.mkdirSync(out);
        tar("-x", "-C", out);
        assert.deepEqual(fs.readdirSync(out), ["empty", "large", "last"]);
        assert.ok(fs.readFileSync(path.join(out, "large")).equals(content));
        assert.equal(fs.readFileSync(path.join(out, "last"), "utf8"), "x");
    });

    it("keeps names and targets of any length, in any script", async () => {
        const names = ["f".repeat(120), `${"d".repeat(98)}/${"e".repeat(99)}/f`, "Übung/ñ", "ü".repeat(60)];
        const target = `../${"t".repeat(150)}`;
        await writeTar(archive(), [
            { name: "d".repeat(100), type: "directory", mode: 0o755 },
            ...names.map((name) => file(name, "")),
            { name: "link", type: "symlink", mode: 0o777, target },
        ]);
        const lines = tar("-tv", "--quoting-style=literal").trim().split("\n");
        const members = lines.map((line) => line.replace(/^.* 1970-01-01 00:00 /, ""));
        assert.deepEqual(members, [`${"d".repeat(100)}/`, ...names, `link -> ${target}`]);
    });

    it("keeps extended attributes of ASCII, and refuses others", async () => {
        const withAttribute = (value: Buffer): TarEntry => ({
            ...file("program", "#!"),
            attributes: { "security.capability": value },
        });
        const value = Buffer.from([1, 0, 0, 2, 0, 4, 0, 0]);
        await writeTar(archive(), [withAttribute(value)]);
        // The asterisk stands for extended attributes.
        assert.match(tar("--xattrs", "--xattrs-include=*", "-tvv"), /^-rw-r--r--\* 0\/0 .* program$/m);
        const record = Buffer.concat([Buffer.from("SCHILY.xattr.security.capability="), value, Buffer.from("\n")]);
        assert.ok(fs.readFileSync(archive()).includes(record));
        await assert.rejects(writeTar(archive(), [withAttribute(Buffer.from([1, 0x80]))]), /ASCII.*got 0180/);
    });

    it("fails when a file is missing or nothing can be written", async () => {
        await assert.rejects(writeTar(archive(), [file("a", { path: path.join(folder, "none") })]), /ENOENT.*none/);
        await assert.rejects(writeTar(path.join(folder, "none", "a.tar"), [file("a", "x")]), /ENOENT.*a\.tar/);
        await assert.rejects(writeTar("/dev/full", [file("a", randomBytes(1 << 20))]), /ENOSPC/);
    });
});
