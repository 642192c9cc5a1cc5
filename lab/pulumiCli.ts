import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { stringify } from "yaml";

import { UserError } from "../cli/ui/errors";
import { onPath } from "../cli/ui/onPath";
import type { Cluster } from "./cluster";
import type { EngineEvent, Operation, StackConfig } from "./engine";
import type { ProgramResult } from "./program";

const PROJECT_DIR = dirname(__dirname);

interface PulumiRun {
    operation: Operation;
    stack: string;
    cluster: Cluster;
    config: StackConfig;
    pulumi: string;
    report: (event: EngineEvent) => void;
}

/** Path of the Pulumi CLI, or undefined where there is none on the PATH. */
export function findPulumi(): string | undefined {
    return onPath("pulumi");
}

/** Runs the program by the Pulumi CLI, with its state in a file backend below the lab's state folder. */
export async function runPulumi(run: PulumiRun): Promise<ProgramResult> {
    const started = performance.now();
    const { stateDir } = run.cluster.identity;
    const environment = pulumiEnvironment(stateDir, run.cluster.kubeconfig);
    const configFile = join(stateDir, `Pulumi.${run.stack}.lab.yaml`);
    writeFileSync(configFile, stringify({ config: parsed(run.config) }), { mode: 0o600 });
    // In a folder of its own, since the CLI writes into the stack file that it finds: the user's stays as it is.
    const folder = join(stateDir, "pulumi-project");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    copyFileSync(join(PROJECT_DIR, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const select = spawnSync(run.pulumi, ["stack", "select", "--create", run.stack], {
        cwd: folder,
        env: environment,
        encoding: "utf8",
    });
    if (select.status !== 0) throw new UserError(`"pulumi stack select ${run.stack}" failed: ${select.stderr.trim()}`);
    encryptTexts(run, folder, configFile, environment);
    const args = [
        run.operation,
        "--stack",
        run.stack,
        "--config-file",
        configFile,
        "--non-interactive",
        "--color",
        "never",
        "--suppress-progress",
    ];
    if (run.operation !== "preview") args.push("--yes", "--skip-preview");
    const code = await passLines(run.pulumi, args, environment, run.report);
    return {
        engine: "pulumi",
        outputs: code === 0 && run.operation === "up" ? pulumiOutputs(run.pulumi, run.stack, stateDir) : {},
        durationMs: performance.now() - started,
        failed: code === 0 ? undefined : `pulumi ${run.operation} ended with exit code ${String(code)}`,
    };
}

/** The outputs of a stack in the lab's file backend. */
export function pulumiOutputs(pulumi: string, stack: string, stateDir: string): Record<string, unknown> {
    const result = spawnSync(pulumi, ["stack", "output", "--json", "--stack", stack], {
        cwd: PROJECT_DIR,
        env: pulumiEnvironment(stateDir, ""),
        encoding: "utf8",
    });
    if (result.status !== 0) throw new UserError(`"pulumi stack output" failed: ${result.stderr.trim()}`);
    return JSON.parse(result.stdout) as Record<string, unknown>;
}

function pulumiEnvironment(stateDir: string, kubeconfig: string): NodeJS.ProcessEnv {
    const backend = join(stateDir, "pulumi");
    if (!existsSync(backend)) mkdirSync(backend, { recursive: true, mode: 0o700 });
    return {
        ...process.env,
        PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
        PULUMI_BACKEND_URL: `file://${backend}`,
        // The state lives and dies with the lab, in a folder that only its owner reads.
        PULUMI_CONFIG_PASSPHRASE: process.env["PULUMI_CONFIG_PASSPHRASE"] ?? "lab",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        KUBECONFIG: kubeconfig,
    };
}

/** Objects stand in the CLI's stack file as YAML, everything else as text. */
function parsed(config: StackConfig): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(config.config).map(([key, text]) => [
            key,
            text.startsWith("{") ? (JSON.parse(text) as unknown) : text,
        ]),
    );
}

/** What stands directly in an object that is given at run time, such as a header, is encrypted as a user would do it. */
function encryptTexts(run: PulumiRun, cwd: string, configFile: string, env: NodeJS.ProcessEnv): void {
    for (const key of run.config.secretKeys) {
        const value = parsed({ ...run.config, config: { value: run.config.config[key] ?? "" } })["value"];
        for (const [name, text] of Object.entries(typeof value === "object" ? (value as object) : {})) {
            if (typeof text !== "string") continue;
            const path = `${key}[${JSON.stringify(name)}]`;
            const args = [
                "config",
                "set",
                "--secret",
                "--path",
                "--stack",
                run.stack,
                "--config-file",
                configFile,
                path,
            ];
            const set = spawnSync(run.pulumi, args, { cwd, env, input: text, encoding: "utf8" });
            if (set.status !== 0) throw new UserError(`"pulumi config set ${path}" failed: ${set.stderr.trim()}`);
        }
    }
}

function passLines(
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv,
    report: (event: EngineEvent) => void,
): Promise<number | null> {
    const child = spawn(command, args, { cwd: PROJECT_DIR, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            for (const line of text.split("\n")) if (line.trim() !== "") report({ kind: "program", line });
        });
    }
    return new Promise((resolve, reject) => {
        child.on("error", reject).on("close", resolve);
    });
}
