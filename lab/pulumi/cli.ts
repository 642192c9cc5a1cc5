import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";

import { UserError } from "../../shared/terminal/errors";
import type { Cluster } from "../cluster";
import type { EngineEvent, Operation, StackConfig } from "../engine";
import type { ProgramResult } from "../programResult";
import type { Pulumi } from "./artifacts";
import { labConfigFile, pulumiHome, type PulumiHome } from "./environment";
import { EventLog, eventLogName, removeLeftEventLogs } from "./events";
import { splitSecrets } from "./secrets";

const PROJECT_DIR = dirname(dirname(__dirname));

interface PulumiRun {
    operation: Operation;
    stack: string;
    cluster: Cluster;
    config: StackConfig;
    pulumi: Pulumi;
    /** Folder of the program. @default this checkout */
    programDir?: string;
    report: (event: EngineEvent) => void;
    /** Interrupts the CLI, as Ctrl-C does. */
    signal?: AbortSignal;
}

/** Runs the program with the Pulumi CLI, with its state in a file backend below the lab's state folder. */
export async function runPulumi(run: PulumiRun): Promise<ProgramResult> {
    const started = performance.now();
    const { stateDir } = run.cluster.identity;
    const home = pulumiHome(run.pulumi, stateDir, run.cluster.kubeconfig);
    const configFile = labConfigFile(stateDir, run.stack);
    selectStack(run, home);
    writeConfig(run, home, configFile);

    removeLeftEventLogs(stateDir);
    const eventLog = join(stateDir, eventLogName(process.pid));
    const log = new EventLog(eventLog, run.report);
    const args = [
        ...[run.operation, "--stack", run.stack, "--config-file", configFile, "--event-log", eventLog],
        ...["--non-interactive", "--color", "never", "--suppress-progress"],
        ...(run.operation === "preview" ? [] : ["--yes", "--skip-preview"]),
    ];
    const { code, errors } = await runToEnd(run, args, home.env);
    log.close();
    const said = log.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    const reasons = said.length > 0 ? said : errors;
    return {
        pulumi: run.pulumi,
        outputs: code === 0 && run.operation === "up" ? pulumiOutputs(run.pulumi, run.stack, run.cluster.identity) : {},
        durationMs: performance.now() - started,
        steps: log.steps,
        summary: log.summary,
        failed:
            code === 0
                ? undefined
                : [`pulumi ${run.operation} ended with exit code ${String(code)}`, ...reasons].join("\n"),
    };
}

/** The state of a stack in the lab's file backend, as `pulumi stack export` writes it, with secrets in plain text. */
export function exportPulumiStack(pulumi: Pulumi, stack: string, { stateDir }: { stateDir: string }): string {
    const { env, projectDir } = pulumiHome(pulumi, stateDir, "");
    const args = ["stack", "export", "--show-secrets", "--stack", stack];
    const options = { cwd: projectDir, env, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
    const { status, stdout, stderr } = spawnSync(pulumi.program, args, options);
    if (status !== 0) throw new UserError(`"pulumi stack export" failed: ${stderr.trim()}`);
    return stdout;
}

/** The outputs of a stack in the lab's file backend. */
export function pulumiOutputs(
    pulumi: Pulumi,
    stack: string,
    { stateDir }: { stateDir: string },
): Record<string, unknown> {
    const { env, projectDir } = pulumiHome(pulumi, stateDir, "");
    const result = spawnSync(pulumi.program, ["stack", "output", "--json", "--stack", stack], {
        cwd: projectDir,
        env,
        encoding: "utf8",
    });
    if (result.status !== 0) throw new UserError(`"pulumi stack output" failed: ${result.stderr.trim()}`);
    return JSON.parse(result.stdout) as Record<string, unknown>;
}

function selectStack({ pulumi, stack }: PulumiRun, { env, projectDir }: PulumiHome): void {
    const select = ["stack", "select", "--create", stack, "--non-interactive"];
    const { status, stderr } = spawnSync(pulumi.program, select, { cwd: projectDir, env, encoding: "utf8" });
    if (status !== 0) throw new UserError(`"pulumi stack select ${stack}" failed: ${stderr.trim()}`);
}

/** Writes the stack's settings, and encrypts the run-time ones as a user would. */
function writeConfig({ pulumi, stack, config }: PulumiRun, { env, projectDir }: PulumiHome, configFile: string): void {
    const { plain, secrets } = splitSecrets(config);
    writeFileSync(configFile, stringify({ config: plain }), { mode: 0o600 });
    for (const { path, text } of secrets) {
        const set = ["config", "set", "--secret", "--path", "--stack", stack, "--config-file", configFile, path];
        const options = { cwd: projectDir, env, input: text, encoding: "utf8" } as const;
        const { status, stderr } = spawnSync(pulumi.program, set, options);
        if (status !== 0) throw new UserError(`"pulumi config set ${path}" failed: ${stderr.trim()}`);
    }
}

function runToEnd(
    { pulumi, programDir = PROJECT_DIR, signal }: PulumiRun,
    args: string[],
    env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; errors: string[] }> {
    const child = spawn(pulumi.program, args, { cwd: programDir, env, stdio: ["ignore", "ignore", "pipe"] });
    const interrupt = (): void => void child.kill("SIGINT");
    signal?.addEventListener("abort", interrupt);
    const errors: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
        if (line.trim() !== "") errors.push(line);
    });
    return new Promise((resolve, reject) => {
        child.on("error", reject).on("close", (code) => {
            signal?.removeEventListener("abort", interrupt);
            resolve({ code, errors });
        });
    });
}
