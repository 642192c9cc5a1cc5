import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { GO_PARTS } from "../../../../lab/images/goParts";
import { garbageCollection } from "../../../../lab/images/goToolchain";
import { reduceModules } from "../../../../lab/images/reducedModule";

const GIB = 2 ** 30;

describe("the memory of Go's compilers", () => {
    it("takes the place of garbage collection where there is enough of it", () => {
        assert.deepEqual(garbageCollection({}, 20 * GIB, 2), { GOGC: "off", GOMEMLIMIT: "2048MiB" });
        assert.deepEqual(garbageCollection({}, 6 * GIB, 2), { GOGC: "off", GOMEMLIMIT: "1024MiB" });
    });

    it("is left to Go on a small machine, and to a user who has set it", () => {
        assert.equal(garbageCollection({}, 2 * GIB, 2), undefined);
        assert.equal(garbageCollection({}, 16 * GIB, 32), undefined);
        assert.equal(garbageCollection({ GOGC: "50" }, 20 * GIB, 2), undefined);
        assert.equal(garbageCollection({ GOMEMLIMIT: "1GiB" }, 20 * GIB, 2), undefined);
    });
});

describe("a reduced module", () => {
    let folder: string;
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "module-"))));
    afterEach(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("is built with a stub for the package that no program calls, and else with upstream's sources", async () => {
        const upstream = path.join(folder, "upstream");
        for (const file of [
            "go.mod",
            "client.go",
            "client_test.go",
            "api/api.go",
            "typedapi/a.go",
            "typedapi/b/b.go",
        ]) {
            fs.mkdirSync(path.dirname(path.join(upstream, file)), { recursive: true });
            fs.writeFileSync(path.join(upstream, file), "");
        }
        const go = path.join(folder, "go");
        fs.writeFileSync(go, `#!/bin/sh\necho; echo ${upstream}; echo ${upstream}\n`, { mode: 0o755 });
        const jaeger = GO_PARTS.find((part) => part.name === "jaeger");
        assert.ok(jaeger);

        const work = path.join(folder, "work");
        fs.mkdirSync(work);
        const call = { go, env: process.env, log: path.join(folder, "log") };
        assert.deepEqual(await reduceModules(jaeger, work, call), [`-modfile=${work}/go.mod`]);

        const modfile = fs.readFileSync(path.join(work, "go.mod"), "utf8");
        const copy = /^replace github\.com\/elastic\/go-elasticsearch\/v9 => (.+)$/m.exec(modfile)?.[1] ?? "";
        const files = fs.readdirSync(copy, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
        assert.deepEqual(files.map((file) => path.relative(copy, path.join(file.parentPath, file.name))).sort(), [
            ...["api/api.go", "client.go", "go.mod", "typedapi/typedapi.go"],
        ]);
        assert.match(fs.readFileSync(path.join(copy, "typedapi", "typedapi.go"), "utf8"), /stands in for/);
    });

    it("costs nothing where a part has none", async () => {
        const call = { go: "/none", env: process.env, log: path.join(folder, "log") };
        assert.deepEqual(
            await reduceModules({ name: "node", programs: {}, packages: 0, usualSeconds: 0 }, folder, call),
            [],
        );
    });
});
