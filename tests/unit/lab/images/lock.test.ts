import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../../../lab/images/lock";

describe("the lock on the cache", () => {
    const folder = mkdtempSync(join(tmpdir(), "lock-"));
    const file = join(folder, "lock");
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("is not waited for longer than the limit, and then what needs it does not run", async () => {
        const said: string[] = [];
        let ran = false;
        const waiting = (): Promise<void> =>
            withLock(
                file,
                (line) => said.push(line),
                () => {
                    ran = true;
                    return Promise.resolve();
                },
                { limitSeconds: 1 },
            );
        await withLock(
            file,
            () => undefined,
            () => assert.rejects(waiting(), /^Error: Another run still builds into the same cache\.$/),
        );
        assert.equal(ran, false);
        assert.match(said.join("\n"), /waiting until it ends/);
        await waiting();
        assert.equal(ran, true);
    });
});
