import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findHolder, nodeProcesses } from "../../../lab/cluster/holder";
import type { ProcessInfo } from "../../../lab/cluster/processes";
import { nodePrograms, readStatus } from "../../../lab/cluster/supervisor";
import type { ProgramName } from "../../../lab/cluster/supervisor";
import { Checkout, skipWithoutLab, traces } from "./checkout";
import { eventually } from "../support/sharedLab";

const curlImage = "docker.io/curlimages/curl:8.16.0";

describe("a lab whose programs end early", function () {
    this.timeout(300_000);
    let checkout: Checkout;

    before(skipWithoutLab);
    before(() => {
        checkout = new Checkout();
    });
    after(() => {
        checkout.remove();
    });

    /** Changes a source file of the checkout, as a mistake of its author would. */
    function change(file: string, from: string, to: string): () => void {
        const path = join(checkout.folder, "lab", "cluster", file);
        const text = readFileSync(path, "utf8");
        assert.ok(text.includes(from), `${file} has no ${from}`);
        writeFileSync(path, text.replace(from, to));
        return () => {
            writeFileSync(path, text);
        };
    }

    function processOf(program: ProgramName): ProcessInfo | undefined {
        const holder = findHolder(checkout.identity.name);
        assert.ok(holder);
        return nodeProcesses(holder).find(({ argv }) => basename(argv[0] ?? "") === program);
    }

    it("waits for a program that is slow to answer, and starts nothing in vain that needs it", () => {
        const late = `argv: ["sh", "-c", 'sleep "$0"; exec "$@"', program === "etcd" ? "5" : "0", program, ...args]`;
        const restore = change("supervisor.ts", "argv: [program, ...args]", late);
        const { code, stderr } = checkout.lab("up");
        restore();
        assert.equal(code, 0, stderr);
        assert.equal(checkout.kubectl("get", "--raw", "/readyz").stdout, "ok");
        for (const program of nodePrograms) assert.equal(readStatus(checkout.identity.stateDir, program)?.endCount, 0);
        assert.doesNotMatch(checkout.lab("status").stdout, /started again/);
    });

    it("goes on when any of them is killed, and says so", async () => {
        const { stateDir, name } = checkout.identity;
        const holder = findHolder(name)?.process.pid;
        for (const program of nodePrograms) {
            const old = processOf(program);
            assert.ok(old, program);
            process.kill(old.pid, "SIGKILL");
            await eventually(120, () => {
                const status = readStatus(stateDir, program);
                const isBack = status?.endCount === 1 && status.state === "running";
                return Promise.resolve(isBack ? true : `${program} is ${status?.state ?? "not there"}`);
            });
            assert.notEqual(processOf(program)?.pid, old.pid);
        }
        const { code, stdout, stderr } = checkout.lab("up");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /The lab is already up/);
        assert.equal(findHolder(name)?.process.pid, holder);
        const script = ["--command", "--", "sh", "-c", "echo done"];
        checkout.kubectl("run", "smoke", `--image=${curlImage}`, "--restart=Never", ...script);
        const wait = checkout.kubectl(
            "wait",
            "pod/smoke",
            "--for=jsonpath={.status.phase}=Succeeded",
            "--timeout=120s",
        );
        assert.equal(wait.code, 0, wait.stderr);
        const status = checkout.lab("status");
        assert.equal(status.code, 0, status.stdout);
        for (const program of nodePrograms) {
            const line = new RegExp(
                `^ {2}${program} was started again once; the last run ended after .* by SIGKILL`,
                "m",
            );
            assert.match(status.stdout, line);
        }
    });

    it("names the one that ends again and again, with its log, and is made anew by `up`", async () => {
        const program = "kube-scheduler";
        await eventually(120, () => {
            const process1 = readStatus(checkout.identity.stateDir, program)?.state;
            if (process1 === "gaveUp") return Promise.resolve(true);
            const running = processOf(program);
            if (running !== undefined) process.kill(running.pid, "SIGKILL");
            return Promise.resolve(`${program} is ${process1 ?? "not there"}`);
        });
        const { code, stdout } = checkout.lab("status");
        assert.equal(code, 1);
        assert.match(
            stdout,
            /The lab is broken\.\n {2}kube-scheduler ended \d times, the last time after .* by SIGKILL, and is not started again; see \/.*kube-scheduler\.log/,
        );
        const up = checkout.lab("up");
        assert.equal(up.code, 0, up.stderr);
        assert.match(up.stdout, /recreating the lab, because .*kube-scheduler ended/);
        assert.match(checkout.lab("status").stdout, /^The lab is up\./);
    });

    for (const { program, file, from } of [
        { program: "kube-apiserver", file: "controlPlane.ts", from: '"--secure-port=6443"' },
        { program: "kube-controller-manager", file: "controlPlane.ts", from: '"--allocate-node-cidrs=true"' },
        { program: "kubelet", file: "agents.ts", from: "`--config=${configFile}`,\n            `--kubeconfig" },
    ]) {
        it(`does not come up when ${program} can never run, and shows why`, () => {
            checkout.lab("down");
            const restore = change(file, from, `"--no-such-flag", ${from}`);
            const { code, stdout, stderr } = checkout.lab("up");
            restore();
            assert.equal(code, 1);
            const ended = `${program} ended 6 times, the last time after .* with exit code \\d+, and is not started again`;
            assert.match(stderr, new RegExp(`^error: .* cannot become ready: ${ended}; see /.*${program}\\.log\n`));
            assert.match(stderr, /no-such-flag[^]*The lab was taken down; its logs stay in/);
            assert.match(stdout, new RegExp(`${program} ended after .* with exit code \\d+; starting it again`));
            assert.deepEqual(traces(checkout.identity), [`path ${checkout.identity.stateDir}`]);
        });
    }
});
