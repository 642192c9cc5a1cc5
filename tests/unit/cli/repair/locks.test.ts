import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { isInitial, inspectHost, parsePsLine, type Host, type HostProcess } from "../../../../cli/repair/host";
import { findOrphans, judgeLock, type LockOwner } from "../../../../cli/repair/lock";
import { end } from "../../../../cli/repair/processes";

const SINCE = Date.parse("2026-03-01T12:00:00.5Z") / 1000;
const taken = { pid: 4711, username: "ann", hostname: "laptop", timestamp: "2026-03-01T12:00:00.5Z" };
const process = (pid: number, program: string, startedAt: number): HostProcess => ({
    ...{ pid, program, startedAt, args: [] },
});

describe("the owner of a stack's lock", () => {
    const table: { of: string; owner: LockOwner; host: Partial<Host>; lock?: Partial<typeof taken> | null }[] = [
        { of: "no process has its number", owner: "dead", host: {} },
        { of: "no process has its number in a container", owner: "unknown", host: { sharesNumbers: false } },
        { of: "a later program has its number", owner: "dead", host: { processes: [process(4711, "vim", SINCE + 3)] } },
        {
            of: "an older program has its number",
            owner: "unknown",
            host: { processes: [process(4711, "vim", SINCE - 9)] },
        },
        {
            of: "a later pulumi has its number",
            owner: "unknown",
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
            assert.equal(
                judgeLock(stored, { name: "laptop", processes: [], sharesNumbers: true, ...host }).owner,
                owner,
            );
        });
    }

    it("is named with process, user and time", () => {
        const alive = [process(4711, "pulumi", SINCE)];
        const { evidence } = judgeLock(
            { file: "lock.json", taken },
            { name: "laptop", processes: alive, sharesNumbers: true },
        );
        assert.match(evidence, /process 4711 of ann@laptop, since 2026-03-01T12:00:00.5Z: that process is running/);
    });
});

describe("a provider that is left over", () => {
    it("is one of this project whose engine is no more, neither as its parent nor in this network", async () => {
        const provider = (pid: number, engine: string, folder = "/project"): HostProcess => ({
            ...{
                pid,
                program: "pulumi-resource-kubernetes",
                startedAt: 7,
                folder,
                args: [engine],
                parent: 1,
                network: "net:1",
            },
        });
        const processes = [
            provider(1, "127.0.0.1:1"),
            provider(2, "127.0.0.1:2"),
            provider(3, "127.0.0.1:1", "/other"),
            { ...provider(4, "127.0.0.1:1"), program: "vim" },
            { ...provider(5, "127.0.0.1:1"), parent: 7 },
            { ...provider(6, "127.0.0.1:1"), network: "net:2" },
            process(7, "pulumi", 0),
        ];
        const orphans = await findOrphans(
            { name: "", processes, sharesNumbers: true, network: "net:1" },
            "/project",
            (address) => Promise.resolve(address.endsWith(":2")),
        );
        assert.deepEqual(orphans, [{ pid: 1, engine: "127.0.0.1:1", startedAt: 7 }]);
    });

    it("is not ended when its number belongs to another process by now", async () => {
        const sleeper = spawn("sleep", ["60"]);
        const pid = sleeper.pid ?? 0;
        try {
            const found = inspectHost([]).processes?.find((one) => one.pid === pid);
            await end({ pid, startedAt: 1 });
            assert.equal(sleeper.signalCode, null);
            assert.ok(inspectHost([]).processes?.some((one) => one.pid === pid));
            const ended = once(sleeper, "close");
            await end({ pid, startedAt: found?.startedAt ?? 0 });
            await ended;
            assert.equal(sleeper.signalCode, "SIGINT");
        } finally {
            sleeper.kill();
        }
    });

    it("is found by what the system says of its processes", () => {
        const own = inspectHost([]).processes?.find(({ pid }) => pid === globalThis.process.pid);
        assert.equal(own?.folder, globalThis.process.cwd());
        assert.ok(Math.abs(own.startedAt - (Date.now() / 1000 - globalThis.process.uptime())) < 5);
        assert.deepEqual([own.parent, own.network], [globalThis.process.ppid, inspectHost([]).network]);
        const [read] = parsePsLine("  812 Sun Mar  1 12:00:00 2026 /opt/pulumi/pulumi up --yes");
        const { pid, program, args } = read ?? {};
        assert.deepEqual([pid, program, args], [812, "pulumi", ["up", "--yes"]]);
        assert.deepEqual(parsePsLine(""), []);
    });
});

describe("a machine", () => {
    it("shows who is dead only where its processes have their own numbers", () => {
        assert.equal(isInitial("pid:[4026531836]"), true);
        assert.equal(isInitial("pid:[4026532201]"), false);
        assert.equal(isInitial(undefined), false);
    });
});
