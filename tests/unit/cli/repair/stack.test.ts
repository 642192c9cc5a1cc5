import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { findBackend, readLocks } from "../../../../cli/repair/backend";
import { isIdle } from "../../../../cli/repair/evidence";
import type { JudgedLock, LockOwner } from "../../../../cli/repair/lock";
import { judgeObject, originOf, type ObjectVerdict, type WantedObject } from "../../../../cli/repair/objects";
import { planStack, type StackFacts } from "../../../../cli/repair/stackPlan";

const SINCE = Date.parse("2026-03-01T12:00:00.5Z") / 1000;
const taken = { pid: 4711, username: "ann", hostname: "laptop", timestamp: "2026-03-01T12:00:00.5Z" };

describe("an object that the stack wants", () => {
    const run = { from: 1000, to: 1100, killed: true };
    const write = { manager: "pulumi-kubernetes-1a2b3c4d", at: 1050 };
    const origin = { createdAt: 1050, deleting: false, writes: [write] };
    const none: WantedObject = { pending: false, recorded: false, patch: false, inOwnNamespace: false, origin };
    const table: {
        of: string;
        act: ObjectVerdict["act"];
        wanted: Partial<WantedObject>;
        runs?: (typeof run)[];
        newestBegan?: number;
    }[] = [
        { of: "it is not there", act: "nothing", wanted: { origin: undefined, pending: true } },
        { of: "it is recorded", act: "nothing", wanted: { recorded: true } },
        { of: "it is being deleted", act: "wait", wanted: { recorded: true, origin: { ...origin, deleting: true } } },
        { of: "an interrupted run made it", act: "adopt", wanted: {} },
        { of: "a killed run was making it", act: "adopt", wanted: { pending: true } },
        { of: "it was pending and no run is known", act: "adopt", wanted: { pending: true }, runs: [] },
        {
            of: "it was pending and only another run is known",
            act: "adopt",
            wanted: { pending: true },
            runs: [{ from: 1, to: 2, killed: false }],
        },
        {
            of: "it was pending, no killed run is known and it is older than the newest run",
            act: "refuse",
            wanted: { pending: true },
            runs: [],
            newestBegan: 1111,
        },
        {
            of: "it was pending, no killed run is known and it is younger than the newest run",
            act: "adopt",
            wanted: { pending: true },
            runs: [],
            newestBegan: 1040,
        },
        {
            of: "it was made while a run of the stack merely failed",
            act: "refuse",
            wanted: {},
            runs: [{ ...run, killed: false }],
        },
        {
            of: "it was made in a namespace of the stack's own while a run of the stack failed",
            act: "adopt",
            wanted: { inOwnNamespace: true },
            runs: [{ ...run, killed: false }],
        },
        {
            of: "it was in a namespace of the stack's own before the run that failed",
            act: "refuse",
            wanted: { inOwnNamespace: true, origin: { ...origin, createdAt: 900 } },
            runs: [{ ...run, killed: false }],
        },
        { of: "it was there before the run", act: "refuse", wanted: { origin: { ...origin, createdAt: 900 } } },
        {
            of: "it was there before the run that was making it",
            act: "refuse",
            wanted: { pending: true, origin: { ...origin, createdAt: 900 } },
        },
        { of: "no run is known", act: "refuse", wanted: {}, runs: [] },
        { of: "somebody else made it", act: "nothing", wanted: { origin: { ...origin, writes: [] } } },
        {
            of: "somebody else made it and it was pending",
            act: "refuse",
            wanted: { pending: true, origin: { ...origin, writes: [] } },
        },
        {
            of: "an interrupted run patched it",
            act: "adopt",
            wanted: { patch: true, origin: { ...origin, createdAt: 5 } },
        },
        { of: "the patch was not written", act: "nothing", wanted: { patch: true, origin: { ...origin, writes: [] } } },
        {
            of: "another stack patched it",
            act: "nothing",
            wanted: { patch: true, origin: { ...origin, writes: [{ ...write, at: 5 }] } },
        },
    ];
    for (const { of, act, wanted, newestBegan, runs = [run] } of table) {
        it(`is left to "${act}" when ${of}`, () => {
            assert.equal(judgeObject({ ...none, ...wanted }, { windows: runs, newestBegan }).act, act);
        });
    }

    it("is taken in under the name by which Pulumi wrote it last", () => {
        const { writes } = originOf({
            metadata: {
                name: "demo",
                creationTimestamp: "2026-03-01T12:00:00Z",
                managedFields: [
                    { manager: "pulumi-kubernetes-new", time: "2026-03-01T12:00:09Z" },
                    { manager: "pulumi-kubernetes-old", time: "2026-03-01T12:00:00Z" },
                    { manager: "kubectl", time: "2026-03-01T13:00:00Z" },
                ],
            },
        });
        const runs = [{ from: SINCE, to: SINCE + 9, killed: true }];
        const verdict = judgeObject(
            { ...none, origin: { createdAt: SINCE, deleting: false, writes } },
            { windows: runs },
        );
        assert.equal(verdict.act === "adopt" && verdict.manager, "pulumi-kubernetes-new");
    });
});

describe("the plan for a stack", () => {
    const facts: StackFacts = {
        ...{ stack: "dev", backend: "file:///state", locks: [], orphans: [], abandoned: false },
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
    const lock = (owner: LockOwner): JudgedLock => ({ lock: { file: "lock.json" }, owner, evidence: owner });
    const acts = (given: Partial<StackFacts>): string[] =>
        planStack({ ...facts, ...given }, []).steps.map(({ act }) => act);

    it("takes a release for abandoned only by a dead lock or a pending operation of its own", () => {
        const type = "kubernetes:helm.sh/v3:Release";
        const resource = { urn: "urn:istiod", type, custom: true, inputs: { name: "istiod" } };
        const istiod = { name: "istiod", recorded: false };
        assert.equal(isIdle(facts, [], istiod), false);
        assert.equal(isIdle(facts, [lock("dead")], istiod), true);
        assert.equal(isIdle({ ...facts, locks: [lock("elsewhere")] }, [lock("dead")], istiod), false);
        const pending = [{ type: "updating" as const, resource }];
        assert.equal(isIdle({ ...facts, pending }, [], istiod), true);
        assert.equal(isIdle({ ...facts, pending }, [], { ...istiod, name: "istio-base" }), false);
    });

    it("takes a release of its own state for abandoned where no run of the stack holds a lock", () => {
        const istiod = { name: "istiod", recorded: true };
        assert.equal(isIdle({ ...facts, locks: [] }, [], istiod), true);
        assert.equal(isIdle({ ...facts, locks: [lock("alive")] }, [], istiod), false);
        assert.equal(isIdle({ ...facts, locks: undefined }, [], istiod), false);
    });

    it("is empty where nothing was interrupted", () => {
        assert.deepEqual(planStack(facts, []), { steps: [], refused: [], blocked: false });
    });

    it("removes the locks of dead runs and reads the state anew", () => {
        assert.deepEqual(acts({ locks: [lock("dead"), lock("dead")] }), ["cancel", "cancel", "refresh"]);
    });

    it("does nothing while one lock may be that of a run at work", () => {
        for (const owner of ["alive", "elsewhere", "unknown"] as const) {
            const { steps, blocked, refused } = planStack({ ...facts, locks: [lock("dead"), lock(owner)] }, []);
            assert.deepEqual([steps, blocked, refused.length], [[], true, 1], owner);
        }
    });

    it("takes the user's word for what it cannot see, and never for a run that it sees at work", () => {
        assert.deepEqual(acts({ locks: [lock("elsewhere")], abandoned: true }), ["cancel", "refresh"]);
        assert.deepEqual(acts({ locks: [lock("alive")], abandoned: true }), []);
        assert.deepEqual(acts({ locks: undefined, abandoned: true }), ["cancel", "refresh"]);
    });

    it("reads no state anew from a cluster that has nothing of it", () => {
        const resource = { urn: "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::demo", type: "", custom: true };
        const none = { ...facts, missing: [resource], recorded: 1, met: false };
        const { steps, refused, blocked } = planStack(none, []);
        assert.deepEqual([steps, blocked], [[], true]);
        assert.match(refused[0] ?? "", /at least one of the 1 objects .* check --kubeconfig and --context/);
        assert.equal(planStack({ ...none, met: true }, []).blocked, false);
        assert.equal(planStack({ ...none, pending: [{ type: "deleting", resource }] }, []).blocked, false);
    });

    it("forgets all that a failed destroy had begun to delete", () => {
        const resource = { urn: "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::demo", type: "", custom: true };
        const none = { ...facts, missing: [resource], recorded: 1, met: false };
        assert.deepEqual(
            planStack({ ...none, destroying: true }, []).steps.map(({ what }) => what),
            ["forget Namespace demo, which no longer exists", "read every resource of the state from the cluster"],
        );
    });

    it("names what it leaves alone, and says what to do about it", () => {
        const resource = { urn: "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::demo", type: "", custom: true };
        const objects = [{ resource, verdict: { act: "refuse", reason: "Pulumi did not write it" } as const }];
        const { refused } = planStack({ ...facts, objects }, []);
        assert.match(
            refused[0] ?? "",
            /^Namespace demo is in the cluster .* not changed: Pulumi did not write it.*pulumi import /,
        );
    });
});

describe("the backend of a project", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "backend-"));
        writeFileSync(join(folder, "Pulumi.yaml"), "name: p\n");
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("is the one of the environment, of the project, or the one that one is logged in to", () => {
        const home = { PULUMI_HOME: folder };
        assert.equal(findBackend(folder, home), undefined);
        const token = { ...home, PULUMI_ACCESS_TOKEN: "secret" };
        assert.deepEqual(findBackend(folder, token), { url: "https://api.pulumi.com" });
        assert.deepEqual(findBackend(folder, { ...token, PULUMI_API: "https://own" }), { url: "https://own" });
        writeFileSync(join(folder, "credentials.json"), '{"current":"https://api.pulumi.com"}');
        assert.deepEqual(findBackend(folder, home), { url: "https://api.pulumi.com" });
        writeFileSync(join(folder, "Pulumi.yaml"), "name: p\nbackend:\n  url: file://./state?no_tmp_dir=true\n");
        assert.equal(findBackend(folder, home)?.folder, join(folder, "state"));
        assert.equal(findBackend(folder, { PULUMI_BACKEND_URL: "file://~" })?.folder, homedir());
        assert.equal(findBackend(folder, { PULUMI_BACKEND_URL: "s3://bucket" })?.folder, undefined);
    });

    it("tells who took a lock, also of one that was cut off while it was written", () => {
        const locks = join(folder, ".pulumi/locks/organization/p/dev");
        assert.deepEqual(readLocks(folder, "p", "dev"), []);
        mkdirSync(locks, { recursive: true });
        writeFileSync(join(locks, "a.json"), JSON.stringify(taken));
        writeFileSync(join(locks, "b.json"), "");
        const read = readLocks(folder, "p", "dev");
        assert.deepEqual(
            read.map((one) => one.taken?.pid),
            [4711, undefined],
        );
    });
});
