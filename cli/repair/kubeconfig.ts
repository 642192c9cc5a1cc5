import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotLook, openTarget, type Target, type TargetOptions } from "../../shared/cluster/target";

/** A kubeconfig file for the time of one command. */
export interface LentKubeconfig {
    file: string;
    remove: () => void;
}

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
export function requireSameCluster(target: Target, own: TargetOptions, stack: string): void {
    if (own.kubeconfig === undefined) return;
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

function serverOf(options: TargetOptions): string | undefined {
    try {
        return openTarget(options).server;
    } catch (error) {
        if (error instanceof CannotLook) return undefined;
        throw error;
    }
}
