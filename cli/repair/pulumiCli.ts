import { spawn } from "node:child_process";
import { UserError } from "../../shared/terminal/errors";
import { hasStack, type StackName } from "./stackName";
import type { Exported, StateResource } from "./stackState";

/** The CLI, and its project and stack. */
export interface PulumiCliOptions {
    /** Path of the CLI. */
    pulumi: string;
    projectDir: string;
    /** The name as the user wrote it: STACK, ORG/STACK or ORG/PROJECT/STACK. */
    stack: string;
    /** Its parts. */
    name: StackName;
    /** Replaces Pulumi.STACK.yaml. */
    configFile?: string;
    /** Kubeconfig file with only the cluster of the stack. */
    kubeconfig: string;
}

interface Ended {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** A completed run of a stack. */
export interface PastRun {
    kind: string;
    startTime: string;
    endTime: string;
    result: string;
}

/** What a preview would do with one resource. */
export interface PreviewStep {
    /** `same`, `create`, `update`, `delete`, `replace` and others. */
    op: string;
    newState?: StateResource;
    oldState?: StateResource;
}

/** The parts of a preview that commands read. */
interface Preview {
    steps?: PreviewStep[];
    diagnostics?: { severity: string; message: string }[];
}

/** The result of a preview of the next `up`. */
export interface Creations {
    /** Resources that it would create, including components. */
    planned: StateResource[];
    /**
     * False if the preview did not reach any resource of the program: no passphrase, no plugin, or no valid settings.
     */
    began: boolean;
    /** Why the list may be incomplete. */
    failed?: string;
}

/** The number of newest runs to read. */
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

    /** The state; undefined if the backend has no such stack. */
    async export(): Promise<Exported | undefined> {
        const listed = await this.succeed(["stack", "ls", "--json"], []);
        const names = (JSON.parse(listed) as { name: string }[]).map(({ name }) => name);
        if (!hasStack(names, this.options.name)) return undefined;
        return JSON.parse(await this.succeed(["stack", "export"])) as Exported;
    }

    /** Replaces the current state. Secrets in plain text are encrypted. */
    async import(state: Exported): Promise<void> {
        await this.succeed(["stack", "import"], this.stack(), JSON.stringify(state));
    }

    /** Reads resources from the cluster into the state, and protects them. */
    async importResources(file: string): Promise<void> {
        const args = [
            "import",
            "--file",
            file,
            "--yes",
            "--skip-preview",
            "--generate-code=false",
            "--suppress-outputs",
        ];
        await this.succeed(args, this.configured());
    }

    async history(): Promise<PastRun[]> {
        const text = await this.succeed(["stack", "history", "--json", "--page-size", RUNS]);
        return JSON.parse(text) as PastRun[];
    }

    /** Previews what the next `up` would create. Takes no lock and writes nothing. */
    async creations(): Promise<Creations> {
        // Uses only the inputs: an incomplete stack may reject objects, even in a dry run.
        const env = { PULUMI_DISABLE_PROVIDER_PREVIEW: "true" };
        const { steps, failed } = await this.tryPreview(env);
        const planned = steps.flatMap(({ op, newState }) => (CREATIONS.includes(op) && newState ? [newState] : []));
        if (failed === undefined) return { planned, began: true };
        const began = steps.some(({ newState, oldState }) => isPlain(newState ?? oldState));
        return { planned, began, failed: failed.message };
    }

    /** Previews the next `up`. Takes no lock and writes nothing. */
    async preview(): Promise<PreviewStep[]> {
        const { steps, failed } = await this.tryPreview({});
        if (failed !== undefined) throw failed;
        return steps;
    }

    private async tryPreview(env: Record<string, string>): Promise<{ steps: PreviewStep[]; failed?: UserError }> {
        const args = ["preview", "--json", "--suppress-outputs"];
        const { code, stdout, stderr } = await this.run(args, this.configured(), "", env);
        let preview: Preview = {};
        try {
            preview = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Preview;
        } catch {
            // If the program does not run, there is no JSON, and the exit code shows it.
        }
        const { steps = [], diagnostics = [] } = preview;
        if (code === 0) return { steps };
        const errors = diagnostics.filter(({ severity }) => severity === "error");
        const said = [stderr, ...errors.map(({ message }) => message)].join("\n");
        return { steps, failed: this.failed(args, code, said) };
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
        return new UserError(`${ended}:\n${said.trim()}\nFix the problem and run this command again.`, 2);
    }

    private run(args: string[], more: string[], input: string, env: Record<string, string> = {}): Promise<Ended> {
        const { pulumi, projectDir, kubeconfig } = this.options;
        const child = spawn(pulumi, [...args, ...more, "--non-interactive", "--color", "never"], {
            cwd: projectDir,
            env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", KUBECONFIG: kubeconfig, ...env },
            stdio: "pipe",
        });
        const said = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const) {
            child[name].setEncoding("utf8").on("data", (text: string) => {
                said[name] += text;
            });
        }
        // It may end before it has read its input; its exit code shows the reason.
        child.stdin.on("error", () => undefined).end(input);
        return new Promise((done, fail) => {
            child.on("error", fail).on("close", (code) => {
                done({ code, ...said });
            });
        });
    }
}

/** The stack itself and its providers do not show how far a program got. */
function isPlain(resource: StateResource | undefined): boolean {
    return resource !== undefined && resource.custom && !resource.type.startsWith("pulumi:");
}
