import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { BIN_PROGRAMS, planArtifacts, readArtifacts } from "../../../../lab/images/artifacts";
import { cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry } from "../../../../lab/images/cache";
import { GO_PARTS, goEntry, ISTIOCTL, linkerFlags, moduleFolder } from "../../../../lab/images/goParts";
import { isAtLeast, neededGoVersion } from "../../../../lab/images/goToolchain";
import { IMAGE_NAMES, tagOf } from "../../../../lab/images/names";

describe("the lab's cache", () => {
    let folder: string;
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "images-"))));
    afterEach(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("has keys that depend on content, not on the order of fields", () => {
        assert.equal(contentKey({ a: 1, b: [1, 2] }), contentKey({ b: [1, 2], a: 1 }));
        assert.notEqual(contentKey({ a: 1, b: [1, 2] }), contentKey({ a: 1, b: [2, 1] }));
    });

    it("sees a change in any file of a part", () => {
        fs.mkdirSync(path.join(folder, "sub"));
        fs.writeFileSync(path.join(folder, "sub", "main.go"), "package main");
        const before = contentKey(fileDigests(folder));
        fs.writeFileSync(path.join(folder, "sub", "main.go"), "package other");
        assert.notEqual(contentKey(fileDigests(folder)), before);
    });

    it("shows an entry only when its build has ended well", async () => {
        const entry = cacheEntry(folder, "part", "key");
        await assert.rejects(
            fillEntry(folder, entry, (temporary) => {
                fs.writeFileSync(path.join(temporary, "half"), "");
                throw new Error("compiler ended");
            }),
            /compiler ended/,
        );
        assert.equal(cacheEntry(folder, "part", "key").present, false);
        assert.deepEqual(fs.readdirSync(path.join(folder, "tmp")), []);

        await fillEntry(folder, entry, (temporary) => {
            fs.writeFileSync(path.join(temporary, "whole"), "");
        });
        assert.equal(cacheEntry(folder, "part", "key").present, true);
        assert.deepEqual(fs.readdirSync(entry.folder), ["whole"]);
    });

    it("is where ISTIO_TRACING_CACHE, else XDG_CACHE_HOME says", () => {
        const { ISTIO_TRACING_CACHE, XDG_CACHE_HOME } = process.env;
        try {
            process.env.XDG_CACHE_HOME = "/xdg";
            delete process.env.ISTIO_TRACING_CACHE;
            assert.equal(cacheDirectory(), "/xdg/istio-tracing");
            process.env.ISTIO_TRACING_CACHE = "/own";
            assert.equal(cacheDirectory(), "/own");
        } finally {
            restore("ISTIO_TRACING_CACHE", ISTIO_TRACING_CACHE);
            restore("XDG_CACHE_HOME", XDG_CACHE_HOME);
        }
    });

    it("has nothing ready in an empty folder, and a stable plan for it", () => {
        assert.equal(readArtifacts(planArtifacts(folder)), undefined);
        assert.equal(planArtifacts(folder).set.key, planArtifacts(folder).set.key);
    });
});

describe("the lab's parts", () => {
    it("build every program that the lab puts on its PATH", () => {
        const built = GO_PARTS.flatMap((part) => Object.keys(part.programs));
        for (const program of Object.values(BIN_PROGRAMS).flat()) {
            assert.ok(built.includes(program), `no part builds ${program}`);
        }
    });

    it("carry upstream's version in the programs", () => {
        const kubernetes = GO_PARTS.find((part) => part.name === "kubernetes");
        assert.ok(kubernetes);
        assert.match(linkerFlags(kubernetes), /^-s -w -X k8s\.io\/component-base\/version\.gitVersion=v1\.34\.\d+ /);
    });

    it("have keys and folders of their own, also where they share the libraries of one module", () => {
        const parts = [...GO_PARTS, ISTIOCTL];
        assert.equal(new Set(parts.map((part) => goEntry("/cache", part).folder)).size, parts.length);
        for (const name of ["istio", "helm", "coredns", "istioctl"]) {
            const part = parts.find((one) => one.name === name);
            assert.equal(part && path.basename(moduleFolder(part)), "istio");
        }
    });

    it("give every image a tag", () => {
        for (const name of Object.values(IMAGE_NAMES)) {
            assert.match(tagOf(name), /^v?\d+\.\d+/);
        }
        assert.throws(() => tagOf("localhost:5000/pilot"), /has no tag/);
    });

    for (const [have, want, expected] of [
        ["1.26.0", "1.26.0", true],
        ["1.26.8", "1.26.0", true],
        ["1.27.3", "1.26.8", true],
        ["1.25.9", "1.26.0", false],
        ["1.26", "1.26.0", true],
        ["1.26rc1", "1.26.0", false],
        ["1.27rc1", "1.26.0", true],
        ["2.0.0", "1.26.0", true],
    ] as const) {
        it(`${expected ? "accept" : "refuse"} Go ${have} where ${want} is needed`, () => {
            assert.equal(isAtLeast(have, want), expected);
        });
    }

    it("know the Go that each go.mod asks for", () => {
        for (const part of [...GO_PARTS, ISTIOCTL]) assert.match(neededGoVersion(part), /^1\.\d+(\.\d+)?$/, part.name);
    });
});

function restore(name: string, value: string | undefined): void {
    if (value === undefined) {
        Reflect.deleteProperty(process.env, name);
    } else {
        process.env[name] = value;
    }
}
