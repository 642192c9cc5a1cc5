import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfigBy, slowWayTo } from "../../../bench/growth/slowly";

describe("the slow way to a server", () => {
    it("hands on every byte in its order, both ways, and not before the latency is over", async () => {
        const echo = createServer((socket) => socket.pipe(socket));
        await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
        const way = await slowWayTo((echo.address() as AddressInfo).port, 60);
        const sent = randomBytes(300_000);
        const began = performance.now();
        const socket = connect(way.port, "127.0.0.1");
        const chunks: Buffer[] = [];
        let first = 0;
        socket.on("data", (chunk: Buffer) => {
            first ||= performance.now() - began;
            chunks.push(chunk);
        });
        try {
            socket.end(sent);
            await new Promise((resolve) => socket.on("end", resolve));
        } finally {
            way.close();
            echo.close();
        }
        assert.ok(Buffer.concat(chunks).equals(sent));
        // The timers of Node.js may fire a fraction of a millisecond early.
        assert.ok(first > 58, `the first byte came back after ${String(first)} ms`);
    });

    it("takes the place of the API server in a kubeconfig, and of nothing else", () => {
        const scratch = mkdtempSync(join(tmpdir(), "slowly-"));
        try {
            const file = join(scratch, "kubeconfig");
            writeFileSync(file, "clusters:\n- cluster:\n    server: https://127.0.0.1:21234\n  name: lab\n");
            const changed = kubeconfigBy(file, { port: 4321, close: () => undefined }, scratch);
            const expected = "clusters:\n- cluster:\n    server: https://127.0.0.1:4321\n  name: lab\n";
            assert.equal(readFileSync(changed, "utf8"), expected);
        } finally {
            rmSync(scratch, { recursive: true });
        }
    });
});
