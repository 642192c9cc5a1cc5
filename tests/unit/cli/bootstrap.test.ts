import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = join(__dirname, "../../..");

describe("the start of a command", () => {
    it("leaves packages alone that a checkout shares with another by a link", () => {
        const folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
        const [checkout, shared] = [join(folder, "checkout"), join(folder, "shared")];
        try {
            mkdirSync(join(checkout, "cli"), { recursive: true });
            mkdirSync(join(shared, "not-in-the-lock-file"), { recursive: true });
            symlinkSync(join(PROJECT, "node_modules", "tsx"), join(shared, "tsx"));
            symlinkSync(shared, join(checkout, "node_modules"));
            copyFileSync(join(PROJECT, "cli/bootstrap.mjs"), join(checkout, "cli/bootstrap.mjs"));
            writeFileSync(join(checkout, "package.json"), '{ "name": "shared", "version": "1.0.0" }');
            writeFileSync(join(checkout, "package-lock.json"), '{ "lockfileVersion": 3, "packages": {} }');
            writeFileSync(join(checkout, "tsconfig.json"), "{}");
            writeFileSync(join(checkout, "cli/hello.ts"), 'console.log("hello");');
            const { stdout, stderr } = spawnSync(process.execPath, [join(checkout, "cli/bootstrap.mjs"), "hello"], {
                encoding: "utf8",
            });
            assert.equal(stdout, "hello\n", stderr);
            assert.ok(existsSync(join(shared, "not-in-the-lock-file")));
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});
