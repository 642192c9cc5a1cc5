import assert from "node:assert/strict";
import { runDoctor } from "../../../../doctor";
import type { Access } from "../../../../doctor/connection/access";
import { startDeadline, withDeadline } from "../../../../doctor/connection/deadline";
import { startFakeCluster } from "../../fakeCluster";
import { UserError } from "../../../../shared/terminal/errors";

const never = (): Promise<never> => new Promise(() => undefined);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("the time that a run of the doctor has", () => {
    it("ends whatever waits for the cluster, with the option that allows more", async () => {
        const deadline = startDeadline(0.05);
        const access = withDeadline({ get: never, exec: never } as unknown as Access, deadline);
        for (const question of [access.get("/"), access.exec({ namespace: "", pod: "", container: "" }, [])]) {
            const error = await question.then(
                () => assert.fail("it answered"),
                (reason: unknown) => reason,
            );
            assert.ok(error instanceof UserError && error.exitCode === 2);
            assert.match(error.message, /within 0\.05 s.*--timeout SECONDS/);
        }
        assert.ok(deadline.isExpired());
    });

    it("leaves time to remove what was made", async () => {
        const deadline = startDeadline(0.01);
        const removed: string[] = [];
        const raw = { delete: (path: string) => Promise.resolve({ value: removed.push(path) }) };
        const access = withDeadline(raw as unknown as Access, deadline);
        await assert.rejects(deadline.expired);
        await access.delete("/job", "uid");
        assert.deepEqual(removed, ["/job"]);
    });

    it("ends a run whose cluster answers nothing, long before each of its questions would end", async () => {
        const cluster = await startFakeCluster(({ path }) =>
            path === "/version" ? { body: { gitVersion: "v1.34.4" } } : "silence",
        );
        try {
            const options = { kubeconfig: cluster.kubeconfig, requests: 10, timeoutSeconds: 80, runSeconds: 0.3 };
            await assert.rejects(runDoctor(options), /within 0\.3 s.*--timeout SECONDS/);
        } finally {
            await cluster.close();
        }
    });

    it("does not run while a person thinks", async () => {
        const deadline = startDeadline(0.1);
        await deadline.outside(() => pause(300));
        assert.ok(!deadline.isExpired());
        deadline.clear();
    });
});
