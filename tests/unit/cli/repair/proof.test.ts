import assert from "node:assert/strict";
import { requireJudged, requireUnchanged } from "../../../../cli/repair/evidence";
import type { JudgedLock, LockOwner } from "../../../../cli/repair/lock";
import type { Repair } from "../../../../cli/repair/plan";
import { planStack, type StackFacts } from "../../../../cli/repair/stackPlan";
import type { Exported, StateResource } from "../../../../cli/repair/stackState";
import { UserError } from "../../../../shared/terminal/errors";

const resource: StateResource = {
    ...{ urn: "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::demo", type: "kubernetes:core/v1:Namespace" },
    ...{ custom: true, inputs: { metadata: { name: "demo" } } },
};
const facts: StackFacts = {
    ...{ stack: "dev", backend: "s3://states", locks: [], orphans: [], abandoned: false },
    ...{
        pending: [],
        objects: [],
        missing: [],
        unread: [],
        recorded: 2,
        met: true,
        destroying: false,
        previewBegan: true,
    },
};
const lock = (file: string, owner: LockOwner = "dead"): JudgedLock => ({ lock: { file }, owner, evidence: file });

describe("a stack that the Pulumi CLI cannot preview", () => {
    const failed = { ...facts, locks: [lock("a")], previewFailed: "no passphrase" };

    it("keeps even its locks while the preview comes to no resource of the program", () => {
        const { steps, refused, blocked } = planStack({ ...failed, previewBegan: false }, []);
        assert.deepEqual([steps, blocked], [[], true]);
        assert.match(refused[0] ?? "", /no passphrase/);
    });

    it("is mended as far as it is known when the preview fails later", () => {
        assert.deepEqual(
            planStack(failed, []).steps.map(({ act }) => act),
            ["cancel", "refresh"],
        );
    });
});

describe("a stack whose locks cannot be read", () => {
    const unknown = { ...facts, locks: undefined };

    it("is left alone without --abandoned as soon as there is something to do", () => {
        const release = { name: "istiod", remove: [{}] } as Repair;
        const plans = [planStack({ ...unknown, missing: [resource] }, []), planStack(unknown, [release])];
        for (const { steps, refused, blocked } of plans) {
            assert.deepEqual([steps, blocked], [[], true]);
            assert.match(refused[0] ?? "", /locks of s3:\/\/states cannot be read here.*add --abandoned/);
        }
        assert.match(plans[0]?.refused[0] ?? "", /forget Namespace demo, which no longer exists/);
        assert.equal(planStack({ ...unknown, abandoned: true }, [release]).blocked, false);
    });

    it("is fine where there is nothing to do", () => {
        assert.deepEqual(planStack(unknown, []), { steps: [], refused: [], blocked: false });
    });
});

describe("a repair that was cut off after it took objects in", () => {
    it("is followed by one that reads them", () => {
        const { steps } = planStack({ ...facts, unread: [resource] }, []);
        assert.deepEqual(
            steps.map(({ act }) => act),
            ["refresh", "refresh"],
        );
    });
});

describe("what changes while the repair looks", () => {
    it("stops it before it removes a lock that was not judged", () => {
        const before = [lock("a"), lock("b", "elsewhere")];
        assert.doesNotThrow(() => {
            requireJudged([lock("b", "elsewhere")], before);
        });
        for (const strange of [lock("c"), lock("a", "alive")]) {
            assert.throws(() => {
                requireJudged([strange], before);
            }, UserError);
        }
    });

    it("stops it before it replaces a state that is another one by now", () => {
        const state = (...resources: StateResource[]): Exported => ({ version: 3, deployment: { resources } });
        assert.doesNotThrow(() => {
            requireUnchanged(state(resource), state(structuredClone(resource)));
        });
        assert.throws(
            () => {
                requireUnchanged(state(), state(resource));
            },
            (error) => error instanceof UserError && /stay the same while this command ran/.test(error.message),
        );
    });
});
