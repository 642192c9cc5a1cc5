import { strict as assert } from "node:assert";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Artifacts, artifactsAreCached, ensureArtifacts } from "../../../lab/images";

let artifacts: Artifacts;
let labnode: string;
const children: ChildProcess[] = [];

before(async function () {
    this.timeout(40 * 60_000);
    artifacts = await ensureArtifacts((line) => {
        console.log(line);
    });
    labnode = path.join(artifacts.binDir, "labnode");
});

afterEach(() => {
    for (const child of children.splice(0)) {
        child.kill("SIGKILL");
    }
});

function start(program: string, args: string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
    children.push(child);
    return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
        child.stdout?.once("data", (data: Buffer) => {
            resolve(data.toString().trim());
        });
        child.once("close", (code) => {
            reject(new Error(`ended with ${String(code)} before it said a word`));
        });
    });
}

describe("building the lab's parts", () => {
    it("builds nothing the second time, in well under a second", async () => {
        const lines: string[] = [];
        const startedAt = Date.now();
        assert.deepEqual(await ensureArtifacts((line) => lines.push(line)), artifacts);
        assert.deepEqual(lines, []);
        assert.ok(Date.now() - startedAt < 1000);
        assert.equal(await artifactsAreCached(), true);
    });

    it("offers programs that run, Debian's only with libraries of their own", () => {
        const env = { LD_LIBRARY_PATH: artifacts.debian.libraryPath, PATH: artifacts.debian.path.join(":") };
        for (const [program, argument] of [
            ["containerd", "--version"],
            ["ctr", "--version"],
            ["containerd-shim-runc-v2", "-v"],
            ["runc", "--version"],
            ["iptables-nft", "--version"],
            ["nft", "--version"],
            ["conntrack", "--version"],
            ["ip", "-V"],
        ] as const) {
            const result = spawnSync(program, [argument], { env });
            assert.equal(result.status, 0, `${program}: ${String(result.stderr)}`);
        }
        const version = execFileSync(path.join(artifacts.binDir, "kubelet"), ["--version"], { encoding: "utf8" });
        assert.equal(version.trim(), `Kubernetes v${String(artifacts.versions.kubernetes)}`);
    });

    it("offers charts that helm renders, with the versions of a release", () => {
        for (const chart of ["base", "istiod", "gateway", "cni"]) {
            const rendered = execFileSync(
                path.join(artifacts.binDir, "helm"),
                ["template", "x", path.join(artifacts.chartsDir, chart)],
                { encoding: "utf8" },
            );
            assert.match(rendered, new RegExp(`helm.sh/chart: ${chart}-${String(artifacts.versions.istio)}`));
        }
    });
});

describe("labnode forward", () => {
    /** A network of its own in which a server answers when its client has finished sending. */
    async function inside(): Promise<ChildProcess> {
        const server = `
            require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
                let text = "";
                socket.on("data", (data) => (text += data));
                socket.on("end", () => socket.end("got " + text));
            }).listen(7000, "127.0.0.1", () => console.log("ready"))`;
        const up = `LD_LIBRARY_PATH=${artifacts.debian.libraryPath} ${artifacts.debian.root}/bin/ip link set lo up`;
        const script = `${up} && exec ${process.execPath} -e '${server}'`;
        const child = start("unshare", ["--net", "sh", "-c", script]);
        assert.equal(await firstLine(child), "ready");
        return child;
    }

    async function forward(pid: number | undefined, target: string): Promise<{ child: ChildProcess; port: number }> {
        const child = start(labnode, ["forward", "--lab", "test", "--pid", String(pid), `127.0.0.1:0=${target}`]);
        const port = /^forwarding 127\.0\.0\.1:(\d+) /.exec(await firstLine(child))?.[1];
        return { child, port: Number(port) };
    }

    async function ask(port: number, text: string): Promise<string> {
        return new Promise((resolve, reject) => {
            let answer = "";
            const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => socket.end(text));
            socket.on("data", (data) => (answer += data.toString()));
            socket.on("end", () => {
                resolve(answer);
            });
            socket.on("error", reject);
        });
    }

    it("refuses to listen where others could reach it", () => {
        for (const listen of ["0.0.0.0:7001", "10.0.0.1:7001", "[::]:7001"]) {
            const args = ["forward", "--lab", "test", "--pid", String(process.pid), `${listen}=127.0.0.1:1`];
            const result = spawnSync(labnode, args, { encoding: "utf8" });
            assert.equal(result.status, 1);
            assert.match(result.stderr, /refused to listen on .*: only loopback addresses/);
        }
    });

    it("reaches a server inside, and passes on that the client has finished sending", async () => {
        const { port } = await forward((await inside()).pid, "127.0.0.1:7000");
        const texts = Array.from({ length: 20 }, (_, index) => `hello ${index}`);
        const answers = await Promise.all(texts.map((text) => ask(port, text)));
        assert.deepEqual(
            answers,
            texts.map((text) => `got ${text}`),
        );
    });

    it("reads a target file at each connection, and resets connections until it is there", async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "labnode-"));
        try {
            const file = path.join(folder, "target");
            const { port } = await forward((await inside()).pid, `@${file}`);
            await assert.rejects(ask(port, "early"), /ECONNRESET/);
            fs.writeFileSync(file, "127.0.0.1:7000\n");
            assert.equal(await ask(port, "late"), "got late");
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    });

    it("ends when the process whose network it serves ends", async () => {
        const server = await inside();
        const { child } = await forward(server.pid, "127.0.0.1:7000");
        const ended = new Promise((resolve) => child.once("exit", resolve));
        server.kill("SIGKILL");
        assert.equal(await Promise.race([ended, sleep(2000, "still there", { ref: false })]), 0);
    });
});

describe("labnode init", () => {
    it("reaps every orphan of its PID namespace, and ends on SIGTERM", async () => {
        const outer = start("unshare", ["--pid", "--fork", "--kill-child", labnode, "init", "--lab", "test"]);
        const ended = new Promise((resolve) => outer.once("exit", resolve));
        await sleep(200);
        const inits = fs.readFileSync(`/proc/${String(outer.pid)}/task/${String(outer.pid)}/children`, "utf8").trim();
        const orphans = "for i in 1 2 3 4 5 6 7 8; do (sleep 0.1 &) ; done";
        execFileSync("nsenter", ["--target", inits, "--pid", "sh", "-c", orphans]);
        await sleep(500);
        assert.equal(fs.readFileSync(`/proc/${inits}/task/${inits}/children`, "utf8").trim(), "");
        process.kill(Number(inits), "SIGTERM");
        assert.notEqual(await Promise.race([ended, sleep(2000, "still there", { ref: false })]), "still there");
    });
});
