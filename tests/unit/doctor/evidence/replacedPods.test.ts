import assert from "node:assert/strict";
import { collectEvidence } from "../../../../doctor/evidence/collect";
import type { Access } from "../../../../doctor/connection/access";
import { fakeMesh } from "../fakeMesh";

describe("a rollout that replaces a pod while the doctor examines it", () => {
    it("makes it examine again, without asking a second time whether it may send requests", async () => {
        const { access, examinations } = withRollout(1);
        const [said, plans]: [string[], unknown[]] = [[], []];
        const approve = (plan: unknown): Promise<void> => {
            plans.push(plan);
            return Promise.resolve();
        };
        const { probes } = await collectEvidence(access, { requests: 20, patienceSeconds: 0, approve }, (line) =>
            said.push(line),
        );
        assert.ok(probes.length > 0 && probes.every(({ answer }) => answer.status === 200));
        assert.deepEqual([examinations(), plans.length], [2, 1]);
        assert.ok(
            said.includes("Pod demo/frontend-0 was replaced during the examination; examining again"),
            said.join("\n"),
        );
    });

    it("makes it say at the third time what it met, and go on no longer", async () => {
        const { access, examinations } = withRollout(Infinity);
        await assert.rejects(examine(access), /could not send requests from Pod demo\/frontend-0: not found/);
        assert.equal(examinations(), 3);
    });

    it("is not assumed where the pod is still there: what it met is said at once", async () => {
        const { access, examinations } = withRollout(0);
        await assert.rejects(examine(access), /could not send requests from Pod demo\/frontend-0: not found/);
        assert.equal(examinations(), 1);
    });
});

function examine(access: Access): Promise<unknown> {
    return collectEvidence(access, { requests: 20, patienceSeconds: 0 }, () => undefined);
}

/**
 * A mesh whose frontend does not run the probes in the first examinations.
 *
 * @param times number of examinations during which the pod is deleted; without one, only the first is disturbed.
 */
function withRollout(times: number): { access: Access; examinations: () => number } {
    const { access } = fakeMesh({ bystanders: 0, backends: 1, answering: 0 });
    let examinations = 0;
    const isDeleted = (): boolean => examinations <= times;
    const disturbed: Pick<Access, "get" | "exec"> = {
        get: async <T>(path: string) => {
            if (path.startsWith("/api/v1/pods?limit")) examinations++;
            const fact = await access.get<T>(path);
            if (!path.includes("fieldSelector") || !path.includes("frontend") || !isDeleted()) return fact;
            return { value: { items: [] } as T };
        },
        exec: (where, command, limit) => {
            const isProbe = command.join(" ").includes("traceparent");
            if (!isProbe || examinations > Math.max(times, 1)) return access.exec(where, command, limit);
            return Promise.resolve({ failure: { kind: "unexpected", reason: "not found" } });
        },
    };
    return { access: { ...access, ...disturbed }, examinations: () => examinations };
}
