import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCgroupMounts } from "../../../../lab/cluster/cgroups";
import { mountScript } from "../../../../lab/cluster/node";
import { isAlive, isLabnode, readProcess } from "../../../../lab/cluster/processes";
import { waitFor } from "../../../../lab/cluster/wait";
import { labIdentity } from "../../../../lab/identity";

describe("the identity of a lab", () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "identity-")));
    const stateHome = process.env["XDG_STATE_HOME"];
    before(() => {
        mkdirSync(join(folder, "one"));
        mkdirSync(join(folder, "other"));
        symlinkSync(join(folder, "one"), join(folder, "link"));
    });
    afterEach(() => {
        if (stateHome === undefined) delete process.env["XDG_STATE_HOME"];
        else process.env["XDG_STATE_HOME"] = stateHome;
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("is the same by every path to a checkout, and another for another checkout", () => {
        assert.deepEqual(labIdentity(join(folder, "link")), labIdentity(join(folder, "one")));
        assert.notEqual(labIdentity(join(folder, "other")).name, labIdentity(join(folder, "one")).name);
    });

    it("differs in everything for a second lab of the checkout, which is locked by itself", () => {
        const [first, second] = [labIdentity(folder, 1), labIdentity(folder, 2)];
        for (const field of ["name", "stateDir", "apiPort", "lockFolder"] as const)
            assert.notEqual(second[field], first[field]);
        assert.equal(second.checkout, first.checkout);
    });

    it("is of the lab that LAB_NUMBER names, and refuses what is no number", () => {
        const former = process.env["LAB_NUMBER"];
        try {
            process.env["LAB_NUMBER"] = "2";
            assert.deepEqual(labIdentity(folder), labIdentity(folder, 2));
            process.env["LAB_NUMBER"] = "second";
            assert.throws(() => labIdentity(folder), /LAB_NUMBER: expected a positive integer, got "second"/);
        } finally {
            if (former === undefined) delete process.env["LAB_NUMBER"];
            else process.env["LAB_NUMBER"] = former;
        }
    });

    it("has a name, an address and ports that are fit for use", () => {
        const { name, nodeAddress, apiPort, jaegerPort } = labIdentity(folder);
        assert.match(name, /^istio-tracing-[0-9a-f]{8}$/);
        assert.match(nodeAddress, /^10\.200\.([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])\.1$/);
        assert.ok(apiPort >= 20000 && jaegerPort === apiPort + 1 && jaegerPort <= 29999);
    });

    it("keeps its state where XDG_STATE_HOME says, if that is an absolute path", () => {
        process.env["XDG_STATE_HOME"] = "/some/state";
        const { name, stateDir } = labIdentity(folder);
        assert.equal(stateDir, `/some/state/istio-tracing/${name}`);
        process.env["XDG_STATE_HOME"] = "relative";
        assert.match(labIdentity(folder).stateDir, /^\/.*\/\.local\/state\/istio-tracing\//);
    });
});

describe("waiting", () => {
    it("ends when there is no reason against it any more", async () => {
        let looks = 0;
        await waitFor("it", () => (++looks < 3 ? "not yet" : undefined), {
            timeoutSeconds: 5,
            intervalMilliseconds: 1,
        });
        assert.equal(looks, 3);
    });

    it("gives up with the limit, the last reason and the log", async () => {
        const look = (): string => {
            throw new Error("connection refused");
        };
        const options = { timeoutSeconds: 0.01, intervalMilliseconds: 1, log: "/x/etcd.log" };
        const message = /^etcd did not come within 0.01 s; last reason seen: connection refused; see \/x\/etcd\.log$/;
        await assert.rejects(waitFor("etcd", look, options), { message });
    });

    it("gives up at once when it is hopeless or something else has failed", async () => {
        const hopeless = (): string => "etcd has ended; see /x/etcd.log";
        const options = { timeoutSeconds: 60, intervalMilliseconds: 1 };
        await assert.rejects(
            waitFor("it", () => "no", { ...options, hopeless }),
            /^UserError: it cannot come: etcd has ended; see \/x\/etcd\.log$/,
        );
        const signal = AbortSignal.abort();
        await assert.rejects(
            waitFor("it", () => "no", { ...options, signal }),
            /it is no longer waited for/,
        );
    });
});

describe("finding processes", () => {
    it("knows a lab's helper by its verb and its lab, whoever starts it", () => {
        const argv = ["unshare", "--pid", "/cache/bin/labnode", "init", "--lab", "istio-tracing-01234567"];
        assert.ok(isLabnode(argv, "init", "istio-tracing-01234567"));
        assert.ok(isLabnode(argv.slice(2), "init", "istio-tracing-01234567"));
        assert.ok(!isLabnode(argv, "forward", "istio-tracing-01234567"));
        assert.ok(!isLabnode(argv, "init", "istio-tracing-0123456"));
        assert.ok(!isLabnode(["grep", "labnode init --lab istio-tracing-01234567"], "init", "istio-tracing-01234567"));
    });

    it("tells a process from a later one with its number", function () {
        if (process.platform !== "linux") this.skip();
        const self = readProcess(process.pid);
        assert.ok(self);
        assert.ok(isAlive(self));
        assert.ok(!isAlive({ ...self, startTime: "1" }));
        assert.equal(readProcess(2 ** 22 + 1), undefined);
    });
});

describe("control groups", () => {
    it("are found in both versions", () => {
        const text = [
            "30 29 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
            "31 29 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
            "32 29 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate",
            "33 29 0:29 / /elsewhere rw - cgroup2 cgroup2 rw",
            "34 29 0:30 / /sys/fs/cgroup rw - tmpfs tmpfs rw",
        ].join("\n");
        assert.deepEqual(parseCgroupMounts(text), [
            { path: "/sys/fs/cgroup/memory", version: 1, controllers: ["memory"] },
            { path: "/sys/fs/cgroup/cpu,cpuacct", version: 1, controllers: ["cpu", "cpuacct"] },
            { path: "/sys/fs/cgroup", version: 2, controllers: [] },
        ]);
    });
});

describe("the node's mounts", () => {
    it("keep folders in reach that lie below those that the lab hides", () => {
        const script = mountScript("/var/lib/state/it's", ["/root/.cache/bin"]);
        assert.ok(script.includes("exec 3<'/var/lib/state/it'\\''s'"), script);
        assert.ok(script.indexOf("exec 3<") < script.indexOf("mount -t tmpfs"), script);
        assert.ok(!script.includes("exec 4<"), script);
    });
});
