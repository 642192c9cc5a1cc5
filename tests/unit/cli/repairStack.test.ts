import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { findBackend, readLocks } from "../../../cli/repair/backend";
import { lookAtHost, parsePsLine, type Host, type HostProcess } from "../../../cli/repair/host";
import { findOrphans, judgeLock, type JudgedLock, type LockOwner } from "../../../cli/repair/lock";
import { judgeObject, originOf, type ObjectVerdict, type WantedObject } from "../../../cli/repair/objects";
import { planStack, type StackFacts } from "../../../cli/repair/stackPlan";

const SINCE = Date.parse("2026-03-01T12:00:00.5Z") / 1000;
const taken = { pid: 4711, username: "ann", hostname: "laptop", timestamp: "2026-03-01T12:00:00.5Z" };
const process = (pid: number, program: string, startedAt: number): HostProcess => ({
    ...{ pid, program, startedAt, args: [] },
});

describe("the owner of a stack's lock", () => {
    const table: { of: string; owner: LockOwner; host: Partial<Host>; lock?: Partial<typeof taken> | null }[] = [
        { of: "no process has its number", owner: "dead", host: {} },
        { of: "another process has its number", owner: "dead", host: { processes: [process(4711, "vim", SINCE - 9)] } },
        {
            of: "a later pulumi has its number",
            owner: "dead",
            host: { processes: [process(4711, "pulumi", SINCE + 3)] },
        },
        { of: "that pulumi runs", owner: "alive", host: { processes: [process(4711, "pulumi", SINCE - 9)] } },
        { of: "clocks differ a little", owner: "alive", host: { processes: [process(4711, "pulumi", SINCE + 1.9)] } },
        { of: "it is on another machine", owner: "elsewhere", host: {}, lock: { hostname: "runner-7" } },
        { of: "processes cannot be listed", owner: "unknown", host: { processes: undefined } },
        { of: "the lock says nothing", owner: "unknown", host: {}, lock: null },
    ];
    for (const { of, owner, host, lock } of table) {
        it(`is ${owner} when ${of}`, () => {
            const stored = { file: "lock.json", ...(lock !== null && { taken: { ...taken, ...lock } }) };
            assert.equal(judgeLock(stored, { name: "laptop", processes: [], ...host }).owner, owner);
        });
    }

    it("is named with process, user and time", () => {
        const alive = [process(4711, "pulumi", SINCE)];
        const { evidence } = judgeLock({ file: "lock.json", taken }, { name: "laptop", processes: alive });
        assert.match(evidence, /process 4711 of ann@laptop, since 2026-03-01T12:00:00.5Z: that process is at work/);
    });
});

describe("a provider that is left over", () => {
    it("is one of this project whose engine answers no more", async () => {
        const server = createServer();
        await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
        const provider = (pid: number, engine: string, folder = "/project"): HostProcess => ({
            ...{ pid, program: "pulumi-resource-kubernetes", startedAt: 0, folder, args: [engine] },
        });
        const processes = [
            provider(1, "127.0.0.1:1"),
            provider(2, "127.0.0.1:2"),
            provider(3, "127.0.0.1:1", "/other"),
            { ...provider(4, "127.0.0.1:1"), program: "vim" },
        ];
        const orphans = await findOrphans({ name: "", processes }, "/project", (address) =>
            Promise.resolve(address.endsWith(":2")),
        );
        server.close();
        assert.deepEqual(orphans, [{ pid: 1, engine: "127.0.0.1:1" }]);
    });

    it("is found by what the system says of its processes", () => {
        const own = lookAtHost([]).processes?.find(({ pid }) => pid === globalThis.process.pid);
        assert.equal(own?.folder, globalThis.process.cwd());
        assert.ok(Math.abs(own.startedAt - (Date.now() / 1000 - globalThis.process.uptime())) < 5);
        const [read] = parsePsLine("  812 Sun Mar  1 12:00:00 2026 /opt/pulumi/pulumi up --yes");
        const { pid, program, args } = read ?? {};
        assert.deepEqual([pid, program, args], [812, "pulumi", ["up", "--yes"]]);
        assert.deepEqual(parsePsLine(""), []);
    });
});

describe("an object that the stack wants", () => {
    const run = { from: 1000, to: 1100, killed: true };
    const write = { manager: "pulumi-kubernetes-1a2b3c4d", at: 1050 };
    const origin = { createdAt: 1050, deleting: false, writes: [write] };
    const none: WantedObject = { pending: false, recorded: false, patch: false, origin };
    const table: { of: string; act: ObjectVerdict["act"]; wanted: Partial<WantedObject>; runs?: (typeof run)[] }[] = [
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
    for (const { of, act, wanted, runs = [run] } of table) {
        it(`is left to "${act}" when ${of}`, () => {
            assert.equal(judgeObject({ ...none, ...wanted }, runs).act, act);
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
        const verdict = judgeObject({ ...none, origin: { createdAt: SINCE, deleting: false, writes } }, runs);
        assert.equal(verdict.act === "adopt" && verdict.manager, "pulumi-kubernetes-new");
    });
});

describe("the plan for a stack", () => {
    const facts: StackFacts = {
        ...{ stack: "dev", backend: "file:///state", locks: [], orphans: [], abandoned: false },
        ...{ pending: [], objects: [], missing: [] },
    };
    const lock = (owner: LockOwner): JudgedLock => ({ lock: { file: "lock.json" }, owner, evidence: owner });
    const acts = (given: Partial<StackFacts>): string[] =>
        planStack({ ...facts, ...given }, []).steps.map(({ act }) => act);

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
        assert.deepEqual(acts({ locks: undefined }), []);
        assert.deepEqual(acts({ locks: undefined, abandoned: true }), ["cancel", "refresh"]);
    });

    it("names what it leaves alone, and says what to do about it", () => {
        const resource = { urn: "urn:pulumi:dev::p::kubernetes:core/v1:Namespace::demo", type: "", custom: true };
        const objects = [{ resource, verdict: { act: "refuse", reason: "Pulumi did not write it" } as const }];
        const { refused } = planStack({ ...facts, objects }, []);
        assert.match(refused[0] ?? "", /^Namespace demo is in the cluster .* left alone: Pulumi did not write it/);
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
