import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
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
