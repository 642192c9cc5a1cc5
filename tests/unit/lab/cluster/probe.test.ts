import assert from "node:assert/strict";
import { chooseSnapshotter } from "../../../../lab/cluster/facts";
import { buildPrograms, describeObstacles, findObstacles, hostPrograms } from "../../../../lab/cluster/probe";
import type { MachineFacts } from "../../../../lab/cluster/probe";

const cgroup = { path: "/sys/fs/cgroup", version: 2 as const, controllers: [], writable: true };
const fit: MachineFacts = {
    platform: "linux",
    architecture: "x64",
    userId: 0,
    artifactsCached: true,
    programs: [...hostPrograms, ...buildPrograms],
    vethDevice: true,
    overlayMount: true,
    kernelMessages: true,
    cgroups: [{ ...cgroup, available: ["cpuset", "cpu", "io", "memory", "pids"] }],
    cacheDir: "/root/.cache/istio-tracing",
    freeDiskGiB: 8,
    availableMemoryGiB: 4,
};
const version1 = ["cpu", "cpuset", "memory", "pids"].map((name) => ({
    ...cgroup,
    version: 1 as const,
    available: [name],
}));

describe("the look at the machine", () => {
    const table: [string, Partial<MachineFacts>, string[]][] = [
        ["a machine that is just good enough", {}, []],
        ["nothing built yet, and just enough room", { artifactsCached: false }, []],
        ["nothing built yet, and too little room", { artifactsCached: false, freeDiskGiB: 7.99 }, ["disk"]],
        ["all built, and little room", { freeDiskGiB: 2 }, []],
        ["all built, and no room", { freeDiskGiB: 1.99 }, ["disk"]],
        ["too little memory", { availableMemoryGiB: 3.99 }, ["memory"]],
        ["figures that could not be found out", { freeDiskGiB: undefined, availableMemoryGiB: undefined }, []],
        ["macOS", { platform: "darwin", cgroups: [] }, ["platform"]],
        ["a processor without packages", { architecture: "s390x" }, ["architecture"]],
        ["ARM", { architecture: "arm64" }, []],
        ["a user who is not root", { userId: 1000 }, ["root"]],
        ["a user who is not root sees nothing of the kernel", { userId: 1000, cgroups: [] }, ["root"]],
        ["no unshare", { programs: hostPrograms.filter((name) => name !== "unshare") }, ["programs"]],
        ["no python3, but all is built", { programs: hostPrograms }, []],
        ["no python3, and nothing is built", { programs: hostPrograms, artifactsCached: false }, ["programs"]],
        [
            "a container without privileges",
            { namespaceError: "unshare failed", cgroups: [] },
            ["namespaces", "cgroups"],
        ],
        ["a kernel without veth", { vethDevice: false }, ["veth"]],
        ["veth unknown, since there is no ip", { vethDevice: undefined }, []],
        ["no /dev/kmsg", { kernelMessages: false }, ["kmsg"]],
        ["control groups of version 1", { cgroups: version1 }, []],
        ["version 1 without pids", { cgroups: version1.slice(0, 3) }, ["cgroups"]],
        [
            "control groups that are read-only",
            { cgroups: fit.cgroups.map((each) => ({ ...each, writable: false })) },
            ["cgroups"],
        ],
        ["no overlay, which has a substitute", { overlayMount: false }, []],
    ];
    for (const [what, facts, expected] of table) {
        it(`${expected.length === 0 ? "finds nothing wrong with" : "names what is wrong with"} ${what}`, () => {
            const found = findObstacles({ ...fit, ...facts }).map(({ id }) => id);
            assert.deepEqual(found, expected);
        });
    }

    it("names everything at once, with what to do, and the way without a lab", () => {
        const text = describeObstacles(findObstacles({ ...fit, userId: 1, freeDiskGiB: 0.5, programs: [] }));
        assert.match(text, /nothing was changed/);
        assert.match(text, /expected user root; got user 1\. Cure: run it as root/);
        assert.match(text, /expected 2 GiB free at \/root\/\.cache\/istio-tracing; got 0\.5 GiB/);
        assert.match(text, /no cp, flock, mount, nsenter, sh, unshare/);
        assert.match(text, /`pulumi up` on your own cluster/);
    });

    it("takes the overlay where it works, else plain copies", () => {
        assert.equal(chooseSnapshotter(fit), "overlayfs");
        assert.equal(chooseSnapshotter({ ...fit, overlayMount: false }), "native");
        assert.equal(chooseSnapshotter({ ...fit, overlayMount: undefined }), "native");
    });
});
