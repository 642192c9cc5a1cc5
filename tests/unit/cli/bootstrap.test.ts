import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = join(__dirname, "../../..");

/** Starts a command of a checkout with the given packages, and whatever its lock file asks for. */
function hello(
    packages: { locked: object; installed?: object; shared?: boolean },
    command = "hello",
): { stdout: string; stderr: string } {
    const folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
    const [checkout, shared] = [join(folder, "checkout"), join(folder, "shared")];
    try {
        const modules = packages.shared === true ? shared : join(checkout, "node_modules");
        mkdirSync(join(checkout, "cli"), { recursive: true });
        mkdirSync(modules);
        symlinkSync(join(PROJECT, "node_modules", "@swc"), join(modules, "@swc"));
        if (packages.shared === true) symlinkSync(shared, join(checkout, "node_modules"));
        const lock = (of: object): string => JSON.stringify({ lockfileVersion: 3, packages: of });
        if (packages.installed !== undefined)
            writeFileSync(join(modules, ".package-lock.json"), lock(packages.installed));
        for (const file of ["cli/bootstrap.mjs", "lazy.cjs", "translate.cjs"])
            copyFileSync(join(PROJECT, file), join(checkout, file));
        writeFileSync(join(checkout, "package.json"), '{ "name": "shared", "version": "1.0.0" }');
        writeFileSync(join(checkout, "package-lock.json"), lock(packages.locked));
        writeFileSync(join(checkout, `cli/${command}.ts`), 'console.log("hello");');
        const env = { ...process.env, npm_config_offline: "true" };
        return spawnSync(process.execPath, [join(checkout, "cli/bootstrap.mjs"), command], { encoding: "utf8", env });
    } finally {
        rmSync(folder, { recursive: true });
    }
}

describe("the start of a command", () => {
    const one = { version: "1.0.0", integrity: "sha512-x" };

    it("leaves packages alone that a checkout shares with another by a link", () => {
        const { stdout, stderr } = hello({ locked: { "node_modules/a": one }, shared: true });
        assert.deepEqual([stdout, stderr], ["hello\n", ""]);
    });

    it("leaves packages alone that npm itself has installed as the lock file says", () => {
        const locked = {
            "": {},
            "node_modules/a": one,
            "node_modules/for-another-machine": { ...one, optional: true },
        };
        const { stdout, stderr } = hello({ locked, installed: { "node_modules/a": one } });
        assert.deepEqual([stdout, stderr], ["hello\n", ""]);
    });

    it("installs them where the lock file asks for others", () => {
        const installed = { "node_modules/a": { ...one, version: "0.9.0" } };
        assert.match(
            hello({ locked: { "node_modules/a": one }, installed }).stderr,
            /^Installing the locked npm packages/,
        );
    });

    it("needs no packages for development where a command is for any cluster", () => {
        const locked = { "node_modules/a": one, "node_modules/linter": { ...one, dev: true } };
        const installed = { "node_modules/a": one };
        const { stdout, stderr } = hello({ locked, installed }, "doctor");
        assert.deepEqual([stdout, stderr], ["hello\n", ""]);
        assert.match(hello({ locked, installed }, "check").stderr, /^Installing the locked npm packages/);
    });
});
