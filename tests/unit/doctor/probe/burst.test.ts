import assert from "node:assert/strict";
import type { Access } from "../../../../doctor/connection/access";
import { burstCommand, parseStatuses, sendBurst } from "../../../../doctor/probe/burst";

const WHERE = { namespace: "demo", pod: "frontend", container: "app" };
const PLAN = { url: "http://backend", count: 100, agent: "agent", perRequestMs: 100 };

describe("the requests without a decision of their own", () => {
    it("are as many as were asked for, in few commands", async () => {
        const sizes: number[] = [];
        const exec = (_where: unknown, command: string[]): unknown => {
            const size = Number(/#\[1-(\d+)\]$/.exec(command.at(-1) ?? "")?.[1]);
            sizes.push(size);
            return Promise.resolve({ value: { code: 0, stdout: "200\n".repeat(size), stderr: "" } });
        };
        const burst = await sendBurst({ exec } as unknown as Access, WHERE, "curl", PLAN);
        assert.deepEqual(sizes, [40, 60]);
        assert.deepEqual(burst, { sent: 100, answered: 100, failed: 0, traces: undefined });
    });

    it("are told apart by what became of them: any status has made spans", async () => {
        const exec = (): unknown =>
            Promise.resolve({ value: { code: 28, stdout: "404\n503\n200\n000\n", stderr: "" } });
        const burst = await sendBurst({ exec } as unknown as Access, WHERE, "curl", { ...PLAN, count: 6 });
        assert.deepEqual(burst, { sent: 6, answered: 3, failed: 4, traces: undefined });
    });

    it("are not counted where a command was not waited for", async () => {
        const exec = (): unknown => Promise.resolve({ failure: { kind: "unexpected", reason: "no end within 20 s" } });
        assert.equal(await sendBurst({ exec } as unknown as Access, WHERE, "curl", PLAN), undefined);
    });

    it("go to the very URL, also where curl would take it for a pattern", () => {
        const url = "http://[fd00::1]/a?b={c}#d";
        assert.equal(burstCommand("curl", url, 7, "agent").at(-1), "http://\\[fd00::1\\]/a?b=\\{c\\}#[1-7]");
    });

    it("have the statuses that wget tells, of errors as well", () => {
        const said = "  HTTP/1.1 200 OK\nexit 0\nwget: server returned error: HTTP/1.1 404 Not Found\nexit 1\nexit 1\n";
        assert.deepEqual(parseStatuses("wget", said), [200, 404, 0]);
    });
});
