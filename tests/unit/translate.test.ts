import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = join(__dirname, "../..");

/** What a script prints that runs as the program does: in its folder, after its translator. */
function runScript(script: string): string {
    return execFileSync(process.execPath, ["--require", "./translate.cjs", "-e", script], {
        cwd: PROJECT,
        stdio: ["ignore", "pipe", "pipe"],
        encoding: "utf8",
    });
}

describe("a translation that is kept", () => {
    const folder = mkdtempSync(join(tmpdir(), "translate-"));
    const file = join(folder, "said.ts");
    const kept = join(
        PROJECT,
        "node_modules/.cache/istio-tracing/translated",
        `${createHash("sha256").update(file).digest("hex").slice(0, 32)}.js`,
    );
    const run = (): string => runScript(`require(${JSON.stringify(file)})`);
    after(() => {
        rmSync(folder, { recursive: true });
        rmSync(kept, { force: true });
    });

    it("is used while the file is as it was", () => {
        writeFileSync(file, 'const said: string = "one";\nconsole.log(said);\n');
        assert.equal(run(), "one\n");
        writeFileSync(kept, readFileSync(kept, "utf8").replace('"one"', '"kept"'));
        assert.equal(run(), "kept\n");
    });

    it("is made again when the file has changed, or when it is not whole", () => {
        writeFileSync(file, 'const said: string = "two";\nconsole.log(said);\n');
        assert.equal(run(), "two\n");
        writeFileSync(kept, "");
        assert.equal(run(), "two\n");
    });
});

describe("the start of the program", () => {
    it("loads neither a compiler nor npm's resolver, which Pulumi's SDK needs to serialize functions", () => {
        const loaded = runScript(`
            require("@pulumi/pulumi");
            const files = Object.keys(require.cache);
            console.log(files.some((file) => file.includes("@grpc")), files.filter((file) =>
                /node_modules.(typescript|@typescript|@npmcli|pacote)./.test(file)).length);
        `);
        assert.equal(loaded, "true 0\n");
    });

    it("loads no class of the Kubernetes client for a kind of objects, of which it uses none", () => {
        const loaded = runScript(`
            const urls = [];
            const load = (url, context, next) => (urls.push(url), next(url, context));
            require("node:module").registerHooks({ load });
            for (const file of ["./shared/cluster/target", "./doctor/connection/portForward"]) require(file);
            const count = (part) => urls.filter((url) => url.includes(part)).length;
            console.log(count("client-node/dist/config.js"), count("/gen/models/"));
        `);
        assert.equal(loaded, "1 0\n");
    });

    it("leaves the SDK able to serialize a function", () => {
        const text = runScript(`
            const { runtime } = require("@pulumi/pulumi");
            runtime.serializeFunction(() => "still works").then(({ text }) => console.log(text));
        `);
        assert.match(text, /still works/);
    });
});
