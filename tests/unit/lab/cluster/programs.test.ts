import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerdProgram, kubelet, kubeProxy } from "../../../../lab/cluster/agents";
import { apiServer, controllerManager, etcd, scheduler } from "../../../../lab/cluster/controlPlane";
import { ApiClient } from "../../../../lab/cluster/api";
import type { Credentials } from "../../../../lab/cluster/credentials";
import { describeRestarts, givenUp, reportEndings, whyNotRunning } from "../../../../lab/cluster/programReport";
import { waitForApi } from "../../../../lab/cluster/readiness";
import { nodePrograms } from "../../../../lab/cluster/supervisor";
import type { Ending, Program, ProgramName, ProgramStatus } from "../../../../lab/cluster/supervisor";
import { labIdentity } from "../../../../lab/identity";

describe("the programs of the node", () => {
    const pair = { certificate: "", key: "" };
    const credentials: Credentials = {
        authority: "/pki/ca.crt",
        authorityKey: "",
        apiServer: pair,
        apiServerToKubelet: pair,
        kubelet: pair,
        frontProxy: pair,
        frontProxyAuthority: "",
        serviceAccountKey: "",
        serviceAccountPublicKey: "",
        kubeconfigs: { controllerManager: "", scheduler: "", kubelet: "", kubeProxy: "" },
        insideKubeconfig: "",
        kubeconfig: "",
    };
    const programs: Program[] = [
        etcd(labIdentity()),
        apiServer(labIdentity(), credentials),
        controllerManager(labIdentity(), credentials),
        scheduler(credentials),
        kubeProxy("/config"),
        containerdProgram("/config"),
        kubelet(labIdentity(), credentials, "/config"),
    ];
    const needsOf = (name: ProgramName): ProgramName[] => programs.find(({ program }) => program === name)?.needs ?? [];

    it("are all that process 1 is asked about", () => {
        assert.deepEqual(new Set(programs.map(({ program }) => program)), new Set(nodePrograms));
    });

    it("start after what they need: etcd, then the API server, then its clients; the kubelet after containerd too", () => {
        assert.deepEqual(needsOf("etcd"), []);
        assert.deepEqual(needsOf("containerd"), []);
        assert.deepEqual(needsOf("kube-apiserver"), ["etcd"]);
        for (const client of ["kube-controller-manager", "kube-scheduler", "kube-proxy"] as const) {
            assert.deepEqual(needsOf(client), ["kube-apiserver"]);
        }
        assert.deepEqual(needsOf("kubelet"), ["containerd", "kube-apiserver"]);
    });

    it("can be asked whether they are healthy, if others need them", () => {
        const needed = new Set(programs.flatMap(({ needs }) => needs));
        for (const { program, health } of programs) {
            if (needed.has(program)) assert.ok(health, program);
        }
        const { health } = apiServer(labIdentity(), credentials);
        assert.deepEqual(health, { url: "https://127.0.0.1:6443/readyz", authority: "/pki/ca.crt" });
    });
});

describe("what a lab says of its programs", () => {
    let stateDir: string;
    const killed: Ending = { at: 1, ranMilliseconds: 61_040, signal: "SIGKILL", logLines: [] };
    const refused: Ending = { at: 2, ranMilliseconds: 130, exitCode: 1, logLines: ["usage", "unknown flag: --x"] };
    const write = (program: ProgramName, status: Partial<ProgramStatus>): void => {
        const all: ProgramStatus = { state: "running", endCount: 0, endings: [], ...status };
        writeFileSync(join(stateDir, "programs", `${program}.status`), JSON.stringify(all));
    };
    beforeEach(() => {
        stateDir = mkdtempSync(join(tmpdir(), "programs-"));
        mkdirSync(join(stateDir, "programs"));
        for (const program of nodePrograms) write(program, {});
    });
    afterEach(() => {
        rmSync(stateDir, { recursive: true });
    });

    it("is nothing when all of them run", () => {
        for (const program of nodePrograms) assert.equal(whyNotRunning(stateDir, program), undefined);
        assert.equal(givenUp(stateDir), undefined);
        assert.deepEqual(describeRestarts(stateDir), []);
    });

    it("names what a program waits for, or why it does not answer, and how its last run ended", () => {
        write("kubelet", { state: "waiting", waitsFor: ["containerd", "kube-apiserver"] });
        assert.equal(whyNotRunning(stateDir, "kubelet"), "kubelet waits for containerd, kube-apiserver");
        write("etcd", { state: "starting", complaint: "connection refused", endCount: 1, endings: [killed] });
        assert.equal(
            whyNotRunning(stateDir, "etcd"),
            "etcd is starting: connection refused; before, it ended after 61.0 s by SIGKILL",
        );
        rmSync(join(stateDir, "programs", "kube-proxy.status"));
        assert.equal(whyNotRunning(stateDir, "kube-proxy"), "kube-proxy has not been started");
    });

    it("is why the API server cannot be used, once it was waited for as long as the caller wants to", async () => {
        const kubeconfig = join(stateDir, "kubeconfig");
        writeFileSync(kubeconfig, "server: https://127.0.0.1:1\n");
        write("kube-apiserver", { state: "starting" });
        const waiting = { identity: { ...labIdentity(), stateDir }, timeoutSeconds: 0.1 };
        await assert.rejects(
            waitForApi(new ApiClient(kubeconfig), waiting),
            /^UserError: expected the API server within 0\.1 s, but it is not ready: kube-apiserver is starting/,
        );
    });

    it("names the program that is not started again, with its exit code, its log and its last lines", () => {
        write("kube-scheduler", { state: "gaveUp", endCount: 6, endings: [killed, refused] });
        const expected =
            "kube-scheduler ended 6 times, the last time after 0.1 s with exit code 1, and is not started again; " +
            `see ${stateDir}/logs/kube-scheduler.log\n    usage\n    unknown flag: --x`;
        assert.equal(givenUp(stateDir), expected);
        assert.equal(whyNotRunning(stateDir, "kube-scheduler"), expected);
        const error = "/bin/etcd: exec format error";
        write("etcd", { state: "gaveUp", endCount: 6, endings: [{ at: 1, ranMilliseconds: 0, error, logLines: [] }] });
        assert.match(
            givenUp(stateDir) ?? "",
            /^etcd ended 6 times, the last time before it could run \(\/bin\/etcd: exec/,
        );
    });

    it("counts the restarts of a program that runs again", () => {
        write("kubelet", { endCount: 12, endings: [killed, refused] });
        const [only, ...others] = describeRestarts(stateDir);
        assert.equal(
            only,
            "kubelet was started again 12 times; the last run ended after 0.1 s with exit code 1: unknown flag: --x",
        );
        assert.deepEqual(others, []);
    });

    it("tells each end of a program once while the lab comes up", () => {
        const lines: string[] = [];
        write("etcd", { state: "waiting", endCount: 1, endings: [killed] });
        const stop = reportEndings(stateDir, (line) => lines.push(line));
        stop();
        stop();
        assert.deepEqual(lines, ["etcd ended after 61.0 s by SIGKILL; starting it again"]);
        write("etcd", { state: "gaveUp", endCount: 3, endings: [killed, refused, refused] });
        stop();
        assert.deepEqual(lines.slice(1), [
            "etcd ended after 0.1 s with exit code 1; starting it again: unknown flag: --x",
            "etcd ended after 0.1 s with exit code 1; it is not started again: unknown flag: --x",
        ]);
    });
});
