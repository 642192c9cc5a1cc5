import assert from "node:assert/strict";
import type { Access } from "../../../../doctor/connection/access";
import { startProbePod } from "../../../../doctor/probe/pod";

const READY = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const job = (name: string, creationTimestamp: string): unknown => ({
    metadata: { name, uid: `uid-${name}`, creationTimestamp },
});

/** A namespace with Jobs of other doctors; the clock of the API server shows 12:00. */
function namespaceWith(jobs: unknown[], deleted: string[]): Access {
    return {
        post: () => Promise.resolve({ value: job("own", "2026-01-01T12:00:00Z") }),
        get: (path: string) => {
            const pod = { metadata: { name: "p", namespace: "demo" }, status: READY };
            return Promise.resolve({ value: { items: path.includes("/jobs?") ? jobs : [pod] } });
        },
        delete: (_path: string, uid: string) => {
            deleted.push(uid);
            return Promise.resolve({ value: undefined });
        },
    } as unknown as Access;
}

describe("the Job of the doctor's own pod", () => {
    it("takes those with it that the cluster should have ended, and none that may be at work", async () => {
        const deleted: string[] = [];
        const jobs = [
            job("own", "2026-01-01T12:00:00Z"),
            job("young", "2026-01-01T11:58:00Z"),
            job("old", "2026-01-01T11:57:59Z"),
        ];
        const { remove } = await startProbePod(namespaceWith(jobs, deleted), "demo");
        assert.deepEqual(deleted, ["uid-old"]);
        await remove();
        assert.deepEqual(deleted, ["uid-old", "uid-own"]);
    });

    it("is removed once, however often that is asked for, and no signal is waited for any longer", async () => {
        const deleted: string[] = [];
        const before = process.listenerCount("SIGINT");
        const { remove } = await startProbePod(namespaceWith([], deleted), "demo");
        assert.equal(process.listenerCount("SIGINT"), before + 1);
        await Promise.all([remove(), remove()]);
        assert.deepEqual(deleted, ["uid-own"]);
        assert.equal(process.listenerCount("SIGINT"), before);
    });
});
