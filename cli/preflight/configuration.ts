import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { maskEncrypted } from "../cluster/encryptedSecrets";
import { loadStackConfig, ownSettings } from "../../shared/stacks/stackConfig";
import { CannotLook, type TargetOptions } from "../../shared/cluster/target";

const PROJECT_DIR = join(__dirname, "..", "..");

/** Whose configuration is meant. */
export interface ConfigurationOptions {
    /** @default none: every setting at its default */
    stack?: string;
    /** File that is read in the place of Pulumi.STACK.yaml. */
    configFile?: string;
    /** File with a `config:` block that is laid over the stack's. */
    overlay?: string;
    /** Settings without the project's prefix, objects as JSON; given, no stack file is read. */
    raw?: Record<string, string>;
}

/** A stack's own settings, and the cluster that it names. */
export interface Configuration {
    /** What is encrypted has a word in its place, since only the stack's passphrase opens it. */
    raw: Record<string, string>;
    isEncrypted: (key: string) => boolean;
    kubernetes: TargetOptions;
}

/** `pulumi up` follows kubernetes:context and kubernetes:kubeconfig, so commands that look at its cluster do as well. */
export function readConfiguration({ stack, overlay, raw, configFile }: ConfigurationOptions): Configuration {
    if (raw !== undefined || stack === undefined) return { raw: raw ?? {}, isEncrypted: () => true, kubernetes: {} };
    const config = loadStackConfig(PROJECT_DIR, stack, overlay, configFile);
    const kubeconfig = config.values["kubernetes:kubeconfig"];
    const own = ownSettings(config);
    const masked = maskEncrypted(own);
    return {
        raw: masked,
        isEncrypted: (key) => masked[key] !== own[key],
        kubernetes: defined({
            kubeconfig:
                kubeconfig !== undefined && existsSync(kubeconfig) ? readFileSync(kubeconfig, "utf8") : kubeconfig,
            context: config.values["kubernetes:context"],
        }),
    };
}

/**
 * Which cluster a command looks at: the one that was named, else the stack's.
 *
 * @throws CannotLook when another context was named than the stack is pinned to: what is meant for one cluster shall
 * never reach another.
 */
export function pickTarget(kubernetes: TargetOptions, given: TargetOptions, stack: string | undefined): TargetOptions {
    const pinned = kubernetes.context;
    if (pinned !== undefined && given.context !== undefined && given.context !== pinned) {
        throw new CannotLook({
            id: "context-pinned",
            resource: `stack ${stack ?? ""}`,
            expected: `its own context ${pinned}, to which kubernetes:context pins it`,
            got: given.context,
            cure: `Leave --context out; or, if the stack has moved: pulumi config set kubernetes:context ${given.context} -s ${stack ?? ""}`,
        });
    }
    return { ...kubernetes, ...defined({ kubeconfig: given.kubeconfig, context: given.context }) };
}

/** The same without what is undefined, so that it can be laid over other values. */
export function defined<T extends object>(values: T): T {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
