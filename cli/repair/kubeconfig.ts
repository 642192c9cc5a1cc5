import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackTarget } from "../preflight/configuration";
import { CannotLook, openTarget, type Target, type TargetOptions } from "../../shared/cluster/target";

/** A kubeconfig file for the time of one command. */
export interface LentKubeconfig {
    file: string;
    remove: () => void;
}

/** The CLI asks a backend or a key service for the key. */
const CLI_LIMIT_MS = 30_000;

/** Writes the cluster that was looked at to a file that nobody else can read, with its context as the current one. */
export function lendKubeconfig({ config, context }: Target): LentKubeconfig {
    const folder = mkdtempSync(join(tmpdir(), "repair-"));
    const file = join(folder, "kubeconfig");
    config.setCurrentContext(context);
    writeFileSync(file, config.exportConfig(), { mode: 0o600 });
    return {
        file,
        remove: () => {
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/**
 * The CLI follows kubernetes:kubeconfig whatever KUBECONFIG says, so both have to mean one cluster.
 *
 * @throws CannotLook when they do not, or when that cannot be shown.
 */
export function requireSameCluster(target: Target, own: StackTarget, stack: string): void {
    if (own.kubeconfig === undefined && own.kubeconfigIsEncrypted !== true) return;
    const pinned = serverOf(own);
    if (pinned === target.server) return;
    throw new CannotLook({
        id: "kubeconfig-pinned",
        resource: `stack ${stack}`,
        expected: `the cluster of its own kubernetes:kubeconfig, ${pinned ?? "which cannot be read here"}`,
        got: `${target.context} (${target.server})`,
        cure:
            "The Pulumi CLI uses the stack's own one. Leave --kubeconfig and --context out; or, if the stack has moved: " +
            `pulumi config set kubernetes:kubeconfig FILE --stack ${stack}. For the Helm releases alone: --releases-only`,
    });
}

/**
 * The stack's own cluster, with the kubeconfig that its file holds encrypted: the Pulumi CLI opens it with the passphrase
 * of its environment. Unchanged where it cannot.
 */
export function withOpenKubeconfig(own: StackTarget, pulumi: string, args: string[], projectDir: string): StackTarget {
    if (own.kubeconfigIsEncrypted !== true) return own;
    const asked = ["config", "get", "kubernetes:kubeconfig", "--non-interactive", ...args];
    const { status, stdout } = spawnSync(pulumi, asked, { cwd: projectDir, encoding: "utf8", timeout: CLI_LIMIT_MS });
    return status === 0 ? { ...own, kubeconfig: stdout.trim() } : own;
}

function serverOf(options: TargetOptions): string | undefined {
    if (options.kubeconfig === undefined) return undefined;
    try {
        return openTarget(options).server;
    } catch (error) {
        if (error instanceof CannotLook) return undefined;
        throw error;
    }
}
