import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import { labStackConfig } from "../../../lab/program";
import { choosePulumi, pulumiHome, type Pulumi } from "../../../lab/pulumi";
import { splitSecrets } from "../../../lab/pulumi/secrets";

const ROOT = dirname(dirname(dirname(__dirname)));

/** The end of a command. */
export interface Ended {
    code: number;
    output: string;
}

/** The Pulumi CLI on the lab's stacks, as a user types it in the project's folder. */
export class RealPulumi {
    private readonly lab: Cluster;
    private readonly pulumi: Pulumi;

    private constructor(lab: Cluster, pulumi: Pulumi) {
        this.lab = lab;
        this.pulumi = pulumi;
    }

    static async of(lab: Cluster): Promise<RealPulumi> {
        const pulumi = await choosePulumi("real", () => undefined);
        assert.ok(pulumi);
        return new RealPulumi(lab, pulumi);
    }

    run(...args: string[]): Promise<Ended> {
        return this.start(this.pulumi.program, [...args, "--non-interactive", "--color", "never"]);
    }

    /** Creates the stack `ci`, if it does not exist, without a change of its file in the project. */
    async createStack(): Promise<void> {
        const { projectDir } = pulumiHome(this.pulumi, this.lab.identity.stateDir, this.lab.kubeconfig);
        const args = ["stack", "select", "--create", "ci", "--non-interactive"];
        const { code, output } = await this.start(this.pulumi.program, args, projectDir);
        assert.equal(code, 0, output);
    }

    /** Runs a command of this project that uses the CLI. */
    command(name: string, ...args: string[]): Promise<Ended> {
        const bootstrap = join(ROOT, "cli", "bootstrap.mjs");
        return this.start(process.execPath, [bootstrap, name, ...args, "--kubeconfig", this.lab.kubeconfig]);
    }

    private async start(program: string, args: string[], cwd = ROOT): Promise<Ended> {
        const { env } = pulumiHome(this.pulumi, this.lab.identity.stateDir, this.lab.kubeconfig);
        const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
        let output = "";
        for (const stream of [child.stdout, child.stderr])
            stream.setEncoding("utf8").on("data", (text: string) => (output += text));
        const [code] = (await once(child, "close")) as [number];
        return { code, output };
    }

    /** Runs preview, up or refresh of the stack `ci` with further settings. */
    program(operation: string, settings: Record<string, string>, ...args: string[]): Promise<Ended> {
        const { config } = labStackConfig("ci", this.lab, settings);
        const { plain } = splitSecrets({ config, secretKeys: [] });
        const file = join(this.lab.identity.stateDir, "Pulumi.ci.test.yaml");
        writeFileSync(file, stringify({ config: plain }), { mode: 0o600 });
        return this.withFile(operation, file, ...args);
    }

    /** Runs preview, up, refresh or destroy of the stack `ci` with a settings file. */
    withFile(operation: string, file: string, ...args: string[]): Promise<Ended> {
        const yes = operation === "preview" ? [] : ["--yes", "--skip-preview"];
        return this.run(operation, "--stack", "ci", "--config-file", file, ...yes, ...args);
    }

    async succeeds(operation: string, settings: Record<string, string> = {}, ...args: string[]): Promise<string> {
        const { code, output } = await this.program(operation, settings, ...args);
        assert.equal(code, 0, output);
        return output;
    }
}
