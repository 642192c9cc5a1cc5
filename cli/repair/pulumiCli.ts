import { spawn } from "node:child_process";
import { UserError } from "../ui/errors";
import type { Exported, StateResource } from "./stackState";

/** Which stack of which project the CLI works on. */
export interface PulumiCliOptions {
    /** Path of the CLI. */
    pulumi: string;
    projectDir: string;
    stack: string;
    /** Read in the place of Pulumi.STACK.yaml. */
    configFile?: string;
}

interface Ended {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** A run of a stack that has come to its end. */
export interface PastRun {
    kind: string;
    startTime: string;
    endTime: string;
    result: string;
}

/** What a preview would do, as far as the repair reads it. */
interface Preview {
    steps?: { op: string; newState?: StateResource }[];
    diagnostics?: { severity: string; message: string }[];
}

/** Newest runs that are asked for. */
const RUNS = "50";
const CREATIONS = ["create", "create-replacement"];

/** The Pulumi CLI on one stack. */
export class PulumiCli {
    private readonly options: PulumiCliOptions;

    constructor(options: PulumiCliOptions) {
        this.options = options;
    }

    /** The command as a user writes it. */
    line(...args: string[]): string {
        return ["pulumi", ...args, "--stack", this.options.stack].join(" ");
    }

    /** The state; undefined when the backend has no such stack. */
    async export(): Promise<Exported | undefined> {
        const listed = await this.succeed(["stack", "ls", "--json"], []);
        const names = (JSON.parse(listed) as { name: string }[]).map(({ name }) => name.split("/").at(-1));
        if (!names.includes(this.options.stack)) return undefined;
        return JSON.parse(await this.succeed(["stack", "export"])) as Exported;
    }

    /** Puts a state in the place of the present one; what it has in plain text as a secret is encrypted. */
    async import(state: Exported): Promise<void> {
        await this.succeed(["stack", "import"], this.stack(), JSON.stringify(state));
    }

    async history(): Promise<PastRun[]> {
        const text = await this.succeed(["stack", "history", "--json", "--page-size", RUNS]);
        return JSON.parse(text) as PastRun[];
    }

    /** Resources that the next `up` would create, components among them, or why that is not known; reads only. */
    async creations(): Promise<{ planned: StateResource[]; failed?: string }> {
        // By the inputs alone: a half stack may not accept objects, not even for a trial.
        const env = { PULUMI_DISABLE_PROVIDER_PREVIEW: "true" };
        const args = ["preview", "--json", "--suppress-outputs"];
        const { code, stdout, stderr } = await this.run(args, this.configured(), "", env);
        let preview: Preview = {};
        try {
            preview = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Preview;
        } catch {
            // Without a program that runs there is no JSON, and the exit code says so.
        }
        const planned = (preview.steps ?? []).flatMap(({ op, newState }) =>
            CREATIONS.includes(op) && newState ? [newState] : [],
        );
        if (code === 0) return { planned };
        const errors = (preview.diagnostics ?? []).filter(({ severity }) => severity === "error");
        const said = [stderr, ...errors.map(({ message }) => message)].join("\n");
        return { planned, failed: this.failed(args, code, said).message };
    }

    async cancel(): Promise<void> {
        await this.succeed(["cancel", "--yes"]);
    }

    async refresh(): Promise<void> {
        await this.succeed(["refresh", "--yes", "--skip-preview", "--suppress-outputs"], this.configured());
    }

    async destroy(urns: string[]): Promise<void> {
        const targets = urns.flatMap((urn) => ["--target", urn]);
        await this.succeed(["destroy", "--yes", "--skip-preview", ...targets], this.configured());
    }

    private stack(): string[] {
        return ["--stack", this.options.stack];
    }

    private configured(): string[] {
        const { configFile } = this.options;
        return [...this.stack(), ...(configFile === undefined ? [] : ["--config-file", configFile])];
    }

    private async succeed(args: string[], more = this.stack(), input = ""): Promise<string> {
        const { code, stdout, stderr } = await this.run(args, more, input);
        if (code === 0) return stdout;
        throw this.failed(args, code, stderr.trim() === "" ? stdout : stderr);
    }

    private failed(args: string[], code: number | null, said: string): UserError {
        const ended = `"${this.line(...args)}" ended with exit code ${String(code)}`;
        return new UserError(`${ended}:\n${said.trim()}\nMend what it names and run this again.`, 2);
    }

    private run(args: string[], more: string[], input: string, env: Record<string, string> = {}): Promise<Ended> {
        const { pulumi, projectDir } = this.options;
        const child = spawn(pulumi, [...args, ...more, "--non-interactive", "--color", "never"], {
            cwd: projectDir,
            env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", ...env },
            stdio: "pipe",
        });
        const said = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const) {
            child[name].setEncoding("utf8").on("data", (text: string) => {
                said[name] += text;
            });
        }
        // It may end before it has read what it is given; its exit code tells.
        child.stdin.on("error", () => undefined).end(input);
        return new Promise((done, fail) => {
            child.on("error", fail).on("close", (code) => {
                done({ code, ...said });
            });
        });
    }
}
