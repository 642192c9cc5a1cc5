import { spawn } from "node:child_process";
import { join } from "node:path";
import { runningCluster, type Cluster } from "../../lab/cluster";
import { labOverlay } from "../../lab/program";
import { choiceForStack, choosePulumi, labConfigFile, pulumiHome } from "../../lab/pulumi";
import { UserError } from "../../shared/terminal/errors";

/** Commands for a stack and its cluster that can run on the lab. */
export const CLUSTER_COMMANDS = ["preflight", "drift", "cleanup", "repair"] as const;

/**
 * Runs one of these commands on the lab, with the lab's overlay over the stack, like `lab pulumi`. `--real` only
 * chooses the Pulumi and is not passed to the command.
 */
export async function onLab(command: (typeof CLUSTER_COMMANDS)[number], given: string[]): Promise<number> {
    const args = given.filter((word) => word !== "--real");
    const cluster = await runningCluster();
    if (cluster === undefined) {
        throw new UserError(`"${command}" needs the lab, but it is down. Next: npm run lab -- up`, 2);
    }
    const stack = args.includes("--stack") ? [] : ["--stack", "ci"];
    const target = ["--overlay", labOverlay(cluster), "--kubeconfig", cluster.kubeconfig];
    const bootstrap = join(__dirname, "..", "bootstrap.mjs");
    const { stateDir } = cluster.identity;
    const choice = given.length > args.length ? "real" : choiceForStack(stateDir, stackOf(args));
    const pulumi = await choosePulumi(choice, (line) => {
        console.log(line);
    });
    // Commands that use the Pulumi backend use the one with the lab's stacks.
    const env = pulumi === undefined ? process.env : pulumiHome(pulumi, stateDir, cluster.kubeconfig).env;
    const all = [bootstrap, command, ...stack, ...target, ...args];
    if (command === "repair") all.push(...repairArguments(cluster, pulumi === undefined, args));
    const child = spawn(process.execPath, all, { stdio: "inherit", env });
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code) => {
            resolve(code ?? 1);
        });
    });
}

/** The embedded engine keeps its own state, which a Pulumi CLI on the PATH does not know. */
function repairArguments({ identity }: Cluster, embedded: boolean, args: string[]): string[] {
    if (embedded) return ["--releases-only"];
    return ["--config-file", labConfigFile(identity.stateDir, stackOf(args))];
}

function stackOf(args: string[]): string {
    const at = args.indexOf("--stack");
    return at < 0 ? "ci" : (args[at + 1] ?? "");
}
