import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Deployment } from "./deployment";
import { serveMonitor } from "./monitor";
import { Planner } from "./planner";
import type { Project } from "./project";

/** Exit code of a program that has already printed its error. */
const exitedAfterMessage = 32;

/** Starts the user's program as the CLI's language host for Node.js does, and serves it until it ends. */
export async function runProgram(
    deployment: Deployment,
    { typescript, nodeArguments }: Project,
    registered: () => void,
): Promise<void> {
    const { projectDir, stack, operation, signal, report, ...options } = deployment.options;
    const progress = { complete: false };
    const planner = new Planner(deployment);
    const monitor = await serveMonitor(deployment, planner, registered, async () => {
        await deployment.settled();
        // What a run that ended early did not register is not to be deleted, nor shown as such.
        if (deployment.failed === undefined || (deployment.preview && !deployment.halted)) await planner.finish();
        progress.complete = true;
    });
    const runner = require.resolve("@pulumi/pulumi/cmd/run", { paths: [projectDir] });
    const args = [
        ...nodeArguments,
        runner,
        "--monitor",
        monitor.address,
        "--engine",
        monitor.address,
        "--organization",
        "organization",
    ];
    args.push("--project", deployment.file.state.project, "--root-directory", projectDir, "--stack", stack);
    args.push("--pwd", projectDir, ...(operation === "preview" ? ["--dry-run"] : []), "--parallel", "16", ".");
    const config = Object.entries(options.config).map(([key, value]) => [key.replace(":", ":config:"), value]);
    const env = {
        ...{ ...process.env, ...options.environment, PULUMI_NODEJS_TYPESCRIPT: String(typescript) },
        // The CLI has it from its user.
        ...(options.kubeconfig !== undefined && { KUBECONFIG: options.kubeconfig }),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config)),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys ?? []),
    };
    const child = spawn(process.execPath, args, { cwd: projectDir, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const input of [child.stdout, child.stderr]) {
        createInterface({ input }).on("line", (text) => {
            if (!deployment.halted) report({ kind: "program", line: deployment.clean(text) });
        });
    }
    const stop = (): void => void deployment.settled().then(() => child.kill("SIGKILL"));
    signal?.addEventListener("abort", stop);
    const code = await once(child, "close").then(
        ([number, killed]) => (number ?? killed) as number | string,
        (error: unknown) => (error as Error).message,
    );
    signal?.removeEventListener("abort", stop);
    await deployment.settled();
    monitor.close();
    if (code === 0 && progress.complete) return;
    const said = code === exitedAfterMessage ? "The program failed." : `The program ended early (${code}).`;
    deployment.fail(signal?.aborted ? "The run was interrupted." : said, { kind: "program" });
}
