import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import { labOverlay } from "../../../lab/program";
import { choosePulumi, type Pulumi } from "../../../lab/pulumi";
import { deepMerge, type PlainObject } from "../../../shared/values/plainObjects";
import { FULL } from "../support/fullRun";
import { eventually, forgetProgram, kubectl, labWithProgram, program } from "../support/sharedLab";

const ROOT = dirname(dirname(dirname(__dirname)));

/** The commands of the numbered steps of a section of the README, in order, without their comments. */
function commandsOf(section: string): string[] {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const [, text = ""] = readme.split(`\n## ${section}\n`);
    const parts = text.split("\n## ")[0]?.split("\n### ") ?? [];
    const steps = parts.filter((part) => /^\d+\. /.test(part)).join("\n");
    return [...steps.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
        block
            .split("\n")
            .map((line) => line.replace(/ +#.*$/, ""))
            .filter((line) => line !== ""),
    );
}

/** What this machine needs to reach the npm registry: proxies, and authorities that it trusts. */
function wayToTheRegistry(): NodeJS.ProcessEnv {
    const names = /^(https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_file|ssl_cert_dir)$/i;
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name)));
}

/** A user with a fresh home folder, a clone of the project, the Pulumi CLI and a kubeconfig. */
class Newcomer {
    public readonly home = mkdtempSync(join(tmpdir(), "newcomer-"));
    public readonly clone = join(this.home, "istio-tracing");
    public readonly env: NodeJS.ProcessEnv;

    constructor(lab: Cluster, pulumi: Pulumi) {
        const tracked = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
            cwd: ROOT,
            encoding: "utf8",
        });
        for (const file of tracked.stdout.split("\0").filter((name) => name !== ""))
            cpSync(join(ROOT, file), join(this.clone, file), { force: true });
        if (pulumi.pluginsDir !== undefined) {
            mkdirSync(join(this.home, ".pulumi"));
            symlinkSync(pulumi.pluginsDir, join(this.home, ".pulumi", "plugins"));
        }
        this.env = {
            ...wayToTheRegistry(),
            HOME: this.home,
            PATH: [...pulumi.path, dirname(process.execPath), lab.artifacts.binDir, process.env["PATH"]].join(
                delimiter,
            ),
            KUBECONFIG: lab.kubeconfig,
            // Where a person would type the passphrase, and yes.
            PULUMI_CONFIG_PASSPHRASE: "a passphrase",
            PULUMI_SKIP_CONFIRMATIONS: "true",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        };
        this.useWhatTheLabHas(lab);
        this.recordHome();
    }

    run(command: string): { code: number | null; output: string } {
        const result = spawnSync("unshare", this.atHome(command), {
            cwd: this.clone,
            env: this.env,
            encoding: "utf8",
            timeout: 280_000,
        });
        return { code: result.status, output: `${result.stdout}${result.stderr}` };
    }

    start(command: string): ChildProcess {
        return spawn("unshare", this.atHome(`exec ${command}`), {
            cwd: this.clone,
            env: this.env,
            stdio: "ignore",
        });
    }

    /** `pulumi login --local` takes the home folder from the password file, not from HOME. */
    private atHome(command: string): string[] {
        const script = `mount --bind "$HOME/passwd" /etc/passwd && ${command}`;
        return ["--mount", "bash", "-c", script];
    }

    private recordHome(): void {
        const lines = readFileSync("/etc/passwd", "utf8").split("\n");
        const uid = String(userInfo().uid);
        const moved = lines.map((line) => {
            const fields = line.split(":");
            return fields[2] === uid ? fields.with(5, this.home).join(":") : line;
        });
        writeFileSync(join(this.home, "passwd"), moved.join("\n"));
    }

    /** As a user without a way out of the cluster: charts from a folder, images that are on the node. */
    private useWhatTheLabHas(lab: Cluster): void {
        const file = join(this.clone, "Pulumi.dev.yaml");
        const read = (name: string) => (parse(readFileSync(name, "utf8")) as { config: PlainObject }).config;
        writeFileSync(file, stringify({ config: deepMerge(read(file), read(labOverlay(lab))) }));
    }

    leave(): void {
        rmSync(this.home, { recursive: true, force: true });
    }
}

if (FULL) {
    describe("a newcomer with a cluster and the Pulumi CLI", function () {
        this.timeout(300_000);
        let lab: Cluster;
        let user: Newcomer;
        before(async () => {
            lab = await labWithProgram();
            assert.equal((await program(lab, "destroy")).failed, undefined);
            forgetProgram();
            const pulumi = await choosePulumi("real", () => undefined);
            assert.ok(pulumi);
            user = new Newcomer(lab, pulumi);
        });
        after(() => {
            user.leave();
        });

        const commands = commandsOf("On your own cluster");
        assert.ok(commands.length > 8 && commands[0] === "npm ci", commands.join("\n"));
        for (const command of commands.map((line) => line.replace(/ NAME/g, " $(kubectl config current-context)"))) {
            if (command.startsWith("$(pulumi stack output jaegerUiCommand)")) {
                it("opens Jaeger by the command in the outputs, and finds joined traces", async () => {
                    const forward = user.start(command);
                    try {
                        await eventually(60, async () => {
                            const jaeger = new JaegerClient("http://localhost:16686");
                            const traces = await jaeger.tracesOf("backend.demo").catch(() => []);
                            const joined = traces.some(
                                ({ spans }) => new Set(spans.map((span) => span.service)).size > 1,
                            );
                            return joined || `${String(traces.length)} traces, none of them joined`;
                        });
                    } finally {
                        forward.kill();
                    }
                });
                continue;
            }
            it(`runs ${command}`, () => {
                const { code, output } = user.run(command);
                assert.equal(code, 0, output);
            });
            if (command === "pulumi up") {
                for (const step of [
                    "pulumi up --expect-no-changes",
                    "pulumi refresh --expect-no-changes",
                    "pulumi preview --refresh --expect-no-changes --diff",
                    "npm run drift -- --stack dev",
                    "npm run policy",
                ]) {
                    it(`then runs ${step}, as the workflows do`, () => {
                        const { code, output } = user.run(step);
                        assert.equal(code, 0, output);
                    });
                }
            }
        }

        it("is left with a cluster that has nothing of Istio's", () => {
            const left = kubectl(lab, "get", "ns,crd,clusterrole,mutatingwebhookconfiguration", "-o", "name");
            assert.doesNotMatch(left, /istio|\/demo/);
        });
    });
}
