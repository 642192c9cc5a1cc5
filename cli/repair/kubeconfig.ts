import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackTarget } from "../preflight/configuration";
import { CannotLook, openTarget, type Target, type TargetOptions } from "../../shared/cluster/target";

/** A kubeconfig file for one command. */
export interface LentKubeconfig {
    file: string;
    remove: () => void;
}

/** The CLI gets the key from a backend or a key service. */
const CLI_LIMIT_MS = 30_000;

/** Writes the examined cluster to a file that no other user can read, with its context as the current one. */
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
 * The CLI uses kubernetes:kubeconfig and ignores KUBECONFIG, so both must refer to the same cluster.
 *
 * @throws CannotLook if they do not, or if that cannot be verified.
 */
export function requireSameCluster(target: Target, own: StackTarget, stack: string): void {
    if (own.kubeconfig === undefined && own.kubeconfigIsEncrypted !== true) return;
    const pinned = serverOf(own);
    if (pinned === target.server) return;
    throw new CannotLook({
        id: "kubeconfig-pinned",
        resource: `stack ${stack}`,
        expected: `the cluster of the stack's kubernetes:kubeconfig, ${pinned ?? "which cannot be read here"}`,
        got: `${target.context} (${target.server})`,
        cure:
            "The Pulumi CLI uses the stack's kubeconfig. Omit --kubeconfig and --context. Or, if the stack has moved: " +
            `pulumi config set kubernetes:kubeconfig FILE --stack ${stack}. To repair only the Helm releases, use --releases-only`,
    });
}

/**
 * The stack's cluster, with the encrypted kubeconfig from its file, which the Pulumi CLI decrypts with the passphrase
 * in its environment. Unchanged if it cannot.
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
