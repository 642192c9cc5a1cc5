import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStatus, type Health, type ProgramName, type ProgramStatus } from "../../../lab/cluster/supervisor";
import { ensureArtifacts } from "../../../lab/images";
import { eventually } from "../support/sharedLab";

/** What process 1 is told of a program; these are shell scripts under the names of the node's own programs. */
interface Script {
    script: string;
    needs?: ProgramName[];
    health?: Health;
}

describe("process 1 of a lab", function () {
    this.timeout(60_000);
    let labnode: string;
    let stateDir: string;
    let unshare: ChildProcess;

    before(async function () {
        this.timeout(40 * 60_000);
        const { binDir } = await ensureArtifacts(() => undefined);
        labnode = join(binDir, "labnode");
    });
    beforeEach(async () => {
        stateDir = mkdtempSync(join(tmpdir(), "supervisor-"));
        const programs = join(stateDir, "programs");
        mkdirSync(programs);
        const init = [labnode, "init", "--lab", "test", "--programs", programs];
        const argv = ["--pid", "--fork", "--kill-child", ...init];
        unshare = spawn("unshare", argv, { stdio: ["ignore", "ignore", "inherit"] });
        await until(() => existsSync(join(programs, "ready")) || "it does not hear yet");
    });
    afterEach(() => {
        unshare.kill("SIGKILL");
        rmSync(stateDir, { recursive: true, force: true });
    });

    function run(program: ProgramName, { script, needs = [], health }: Script): void {
        const file = join(stateDir, "programs", program);
        const env = ["PATH=/usr/bin:/bin"];
        const argv = ["sh", "-c", script];
        writeFileSync(`${file}.new`, JSON.stringify({ argv, env, log: logOf(program), needs, health }));
        renameSync(`${file}.new`, `${file}.json`);
        process.kill(init(), "SIGHUP");
    }

    const init = (): number =>
        Number(readFileSync(`/proc/${String(unshare.pid)}/task/${String(unshare.pid)}/children`, "utf8"));
    /** How often process 1 has stopped to wait for something. */
    const waits = (): number =>
        readdirSync(`/proc/${String(init())}/task`)
            .map((task) => readFileSync(`/proc/${String(init())}/task/${task}/status`, "utf8"))
            .reduce((sum, text) => sum + Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(text)?.[1]), 0);

    const logOf = (program: ProgramName): string => join(stateDir, `${program}.log`);
    const file = (name: string): string => join(stateDir, name);
    const until = (holds: () => true | string): Promise<true> => eventually(30, () => Promise.resolve(holds()));
    const state = (program: ProgramName, wanted: ProgramStatus["state"]): Promise<ProgramStatus> =>
        eventually(30, () => {
            const status = readStatus(stateDir, program);
            return Promise.resolve(status?.state === wanted ? status : `it is ${status?.state ?? "not there"}`);
        });

    it("starts a program again that has ended, and keeps its exit code and its last lines", async () => {
        run("etcd", {
            script: `echo begin; [ -e ${file("again")} ] && exec sleep 600; touch ${file("again")}; exit 3`,
        });
        await until(() => (readStatus(stateDir, "etcd")?.endCount ?? 0) > 0 || "it has not ended");
        const { endings } = await state("etcd", "running");
        assert.equal(endings.length, 1);
        assert.equal(endings[0]?.exitCode, 3);
        assert.deepEqual(endings[0].logLines, ["begin"]);
        assert.equal(readFileSync(logOf("etcd"), "utf8"), "begin\nbegin\n");
    });

    it("keeps the name of the signal that ended a program", async () => {
        run("etcd", { script: `[ -e ${file("again")} ] && exec sleep 600; touch ${file("again")}; kill -KILL $$` });
        await until(() => (readStatus(stateDir, "etcd")?.endCount ?? 0) > 0 || "it has not ended");
        assert.equal((await state("etcd", "running")).endings[0]?.signal, "SIGKILL");
    });

    it("gives a program up that ends again and again, with the last lines of the last run alone", async () => {
        run("etcd", { script: `echo run >>${file("runs")}; echo run $(wc -l <${file("runs")}); exit 1` });
        const { endCount, endings } = await state("etcd", "gaveUp");
        assert.equal(endCount, 6);
        assert.deepEqual(endings.at(-1)?.logLines, ["run 6"]);
        assert.equal(readFileSync(file("runs"), "utf8").split("\n").length, 7);
    });

    it("gives a program up that cannot be started, and says why", async () => {
        writeFileSync(file("damaged"), "\x7fELF and no more", { mode: 0o755 });
        const spec = { argv: [file("damaged")], env: [], log: logOf("etcd"), needs: [] };
        writeFileSync(join(stateDir, "programs", "etcd.json"), JSON.stringify(spec));
        run("containerd", { script: "exec sleep 600" });
        assert.match((await state("etcd", "gaveUp")).endings.at(-1)?.error ?? "", /damaged: exec format error/);
        assert.equal(readStatus(stateDir, "containerd")?.state, "running");
    });

    it("starts a program only when all that it needs answers, and says until then what it waits for", async () => {
        const health = { socket: file("socket") };
        const listen = `exec ${process.execPath} -e 'require("net").createServer().listen("${health.socket}")'`;
        run("kubelet", { script: "exec sleep 600", needs: ["etcd", "containerd"] });
        run("etcd", { script: "exec sleep 600" });
        run("containerd", { script: `until [ -e ${file("go")} ]; do sleep 0.05; done; ${listen}`, health });
        await state("etcd", "running");
        assert.match((await state("containerd", "starting")).complaint ?? "", /no such file/);
        assert.deepEqual((await state("kubelet", "waiting")).waitsFor, ["containerd"]);
        writeFileSync(file("go"), "");
        await state("kubelet", "running");
        assert.equal(readStatus(stateDir, "containerd")?.state, "running");
        assert.equal(readStatus(stateDir, "kubelet")?.endCount, 0);
    });

    it("does not start a program again while what it needs is away", async () => {
        run("containerd", { script: "exec sleep 600", health: { socket: file("never") } });
        // It answers in its first run alone: while it is started again and again, nobody may take it for healthy.
        const socket = file("etcd.sock");
        const listen = `import socket, time; s = socket.socket(socket.AF_UNIX); s.bind("${socket}"); s.listen(); time.sleep(600)`;
        const first = `python3 -c '${listen}' & until [ -e ${file("end")} ]; do sleep 0.05; done; kill $!; rm ${socket}`;
        run("etcd", { script: `[ -e ${file("end")} ] || { ${first}; }; exit 1`, health: { socket } });
        run("kubelet", { script: `until [ -e ${file("end")} ]; do sleep 0.05; done; exit 1`, needs: ["etcd"] });
        await state("kubelet", "running");
        writeFileSync(file("end"), "");
        await state("etcd", "gaveUp");
        assert.deepEqual((await state("kubelet", "waiting")).waitsFor, ["etcd"]);
        assert.ok((readStatus(stateDir, "kubelet")?.endCount ?? 0) < 6);
        assert.equal(readStatus(stateDir, "containerd")?.state, "starting");
    });

    it("rests after a program was given up, whatever still needs that one", async () => {
        run("etcd", { script: "exit 1", health: { socket: file("never") } });
        run("kube-apiserver", { script: "exec sleep 600", needs: ["etcd"] });
        run("kubelet", { script: "exec sleep 600", needs: ["kube-apiserver"] });
        await state("etcd", "gaveUp");
        await state("kubelet", "waiting");
        const before = waits();
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const more = waits() - before;
        assert.ok(more < 20, `process 1 woke up about ${String(more)} times although there was nothing to do`);
    });
});
