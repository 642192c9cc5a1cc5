import { join } from "node:path";
import type { StackTarget } from "../preflight/configuration";
import type { Target } from "../../shared/cluster/target";
import { onPath } from "../../shared/terminal/onPath";
import { findBackend, type Backend } from "./backend";
import { requireSameCluster, withOpenKubeconfig } from "./kubeconfig";
import type { StackName } from "./stackName";

/** Folder of Pulumi.yaml. */
export const PROJECT_DIR = join(__dirname, "..", "..");

/** The Pulumi CLI with the stack of a command. */
export interface FoundPulumi {
    /** Path of the CLI. */
    pulumi: string;
    stack: string;
    name: StackName;
    backend: Backend;
}

/**
 * The Pulumi CLI and its stack, or the reason why there is none.
 *
 * @param own the cluster that the stack names; must be the one of the command.
 * @throws CannotLook if it is another one.
 */
export function findPulumi(
    { stack, configFile }: { stack: string; configFile?: string | undefined },
    name: StackName,
    target: Target,
    own: StackTarget,
): FoundPulumi | string {
    const pulumi = onPath("pulumi");
    if (pulumi === undefined) return "there is no pulumi on the PATH";
    const backend = findBackend(PROJECT_DIR, process.env);
    if (backend === undefined) return "the Pulumi CLI is not logged in (pulumi login)";
    const args = ["--stack", stack, ...(configFile === undefined ? [] : ["--config-file", configFile])];
    requireSameCluster(target, withOpenKubeconfig(own, pulumi, args, PROJECT_DIR), stack);
    return { pulumi, stack, name, backend };
}
