import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../shared/terminal/errors";
import { lockState } from "../../../../lab/engine/lock";
import { StateFile } from "../../../../lab/engine/stateFile";
import type { Resource } from "../../../../lab/engine/types";
import { secret } from "../../../../lab/engine/values";

const resource: Resource = {
    ...{
        urn: "urn:pulumi:dev::p::t::n",
        type: "t",
        name: "n",
        custom: true,
        dependencies: [],
    },
    inputs: { open: "text", hidden: secret("s3cret") },
    outputs: {},
};

describe("the state of a stack", () => {
    let folder: string;
    let path: string;
    const stateOf = (stack = "dev"): StateFile => new StateFile(path, "project", stack);

    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "state-"));
        path = join(folder, "inner", "dev.json");
        const file = stateOf();
        file.state.resources.push(resource);
        await file.save();
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("comes back as it was saved", () => {
        const { resources, pending } = stateOf().state;
        assert.deepEqual({ resources, pending }, { resources: [resource], pending: [] });
    });

    it("holds no secret in plain, and is for its owner alone", () => {
        assert.doesNotMatch(readFileSync(path, "utf8"), /s3cret/);
        for (const file of [path, `${path}.key`]) assert.equal(statSync(file).mode & 0o777, 0o600);
    });

    it("shares one write between callers that save at the same time, and loses nothing", async () => {
        const file = stateOf();
        const saves = [1, 2, 3, 4].map((size) => {
            file.state.resources.push({ ...resource, urn: `urn:${size}` });
            return file.save();
        });
        await Promise.all(saves);
        assert.equal(stateOf().state.resources.length, 5);
    });

    it("keeps the record of an operation that had begun", async () => {
        const file = stateOf();
        file.state.pending.push({ step: "create", resource, since: "2026-01-01T00:00:00Z" });
        await file.save();
        assert.deepEqual(
            stateOf().state.pending.map((entry) => entry.step),
            ["create"],
        );
    });

    for (const [damage, content, reason] of [
        ["is empty", "", /is damaged \(it is empty\)/],
        ["ends in the middle", '{"version": 1, "resou', /is damaged \(.*JSON/],
        ["is of another version", '{"version": 99, "resources": []}', /it is not a state of version 1/],
    ] as const) {
        it(`is refused when it ${damage}, with the way back`, () => {
            stateOf().backup();
            writeFileSync(path, content);
            assert.throws(stateOf, reason);
            assert.throws(stateOf, /Nothing was changed\. The copy from before the last run is .*\.bak/);
        });
    }

    it("says so when there is no copy", () => {
        writeFileSync(path, "");
        assert.throws(stateOf, /There is no copy\. Restore one/);
    });

    it("is refused to another stack", () => {
        assert.throws(() => stateOf("prod"), /is the state of stack dev of project project: expected stack prod/);
    });

    it("is refused when its key is another one", () => {
        writeFileSync(`${path}.key`, Buffer.alloc(32));
        assert.throws(stateOf, /key file of .* does not decrypt its secrets\. Restore the original key file/);
    });
});

describe("the lock of a state", () => {
    let folder: string;
    let path: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "lock-"));
        path = join(folder, "dev.json");
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("refuses a second run, and names the first", () => {
        const unlock = lockState(path, "up of stack dev");
        const named = new RegExp(`up of stack dev, process ${process.pid}, since 20`);
        assert.throws(
            () => lockState(path, "destroy of stack dev"),
            (error) => error instanceof UserError && named.test(error.message),
        );
        unlock();
        lockState(path, "destroy of stack dev")();
        assert.equal(existsSync(`${path}.lock`), false);
    });

    it("is taken from a process that is dead", () => {
        const { pid } = spawnSync("true");
        writeFileSync(`${path}.lock`, JSON.stringify({ pid, startTime: "1", command: "up", since: "then" }));
        lockState(path, "up of stack dev")();
    });

    it("is taken from a process whose number another one has now", () => {
        writeFileSync(
            `${path}.lock`,
            JSON.stringify({ pid: process.pid, startTime: "1", command: "up", since: "then" }),
        );
        lockState(path, "up of stack dev")();
    });
});
