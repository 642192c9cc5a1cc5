import { join } from "node:path";
import { mustBeEncrypted } from "../../components/settings/misplacedSecrets";
import { maskEncrypted, maskText } from "../cluster/encryptedSecrets";
import { loadStackConfig, ownSettings } from "../../shared/stacks/stackConfig";
import { CannotLook, kubeconfigContent, type TargetOptions } from "../../shared/cluster/target";

const PROJECT_DIR = join(__dirname, "..", "..");

/** The source of the configuration. */
export interface ConfigurationOptions {
    /** @default none: every setting has its default */
    stack?: string;
    /** File that replaces Pulumi.STACK.yaml. */
    configFile?: string;
    /** File with a `config:` block that overrides the stack's. */
    overlay?: string;
    /** Settings without the project's prefix, with objects as JSON. If set, no stack file is read. */
    raw?: Record<string, string>;
}

/** A stack's settings, and the cluster that it names. */
export interface Configuration {
    /** A placeholder replaces encrypted values, because only the stack's passphrase decrypts them. */
    raw: Record<string, string>;
    isEncrypted: (key: string) => boolean;
    kubernetes: StackTarget;
}

/** The cluster that a stack names. */
export interface StackTarget extends TargetOptions {
    /** True if the stack's file contains `kubernetes:kubeconfig` as a secret, which only its passphrase decrypts. */
    kubeconfigIsEncrypted?: boolean;
}

/** `pulumi up` uses kubernetes:context and kubernetes:kubeconfig, so commands for its cluster use them as well. */
export function readConfiguration({ stack, overlay, raw, configFile }: ConfigurationOptions): Configuration {
    if (raw !== undefined || stack === undefined)
        return { raw: raw ?? {}, isEncrypted: mustBeEncrypted, kubernetes: {} };
    const config = loadStackConfig(PROJECT_DIR, stack, overlay, configFile);
    const given = config.values["kubernetes:kubeconfig"];
    const kubeconfigIsEncrypted = given !== undefined && maskText(given) !== given;
    const kubeconfig = kubeconfigIsEncrypted ? undefined : given;
    const own = ownSettings(config);
    const masked = maskEncrypted(own);
    return {
        raw: masked,
        isEncrypted: (key) => masked[key] !== own[key],
        kubernetes: defined({
            kubeconfig: kubeconfig === undefined ? undefined : kubeconfigContent(kubeconfig, PROJECT_DIR),
            ...(kubeconfigIsEncrypted && { kubeconfigIsEncrypted }),
            context: config.values["kubernetes:context"],
        }),
    };
}

/**
 * The cluster of a command: the one that was named, otherwise the stack's.
 *
 * @throws CannotLook if the named context differs from the one to which the stack is pinned, so that a command for one
 * cluster never reaches another. Also if the stack's kubeconfig is encrypted and none was named, because another
 * kubeconfig may lead to another cluster.
 */
export function pickTarget(kubernetes: StackTarget, given: TargetOptions, stack: string | undefined): TargetOptions {
    const pinned = kubernetes.context;
    if (pinned !== undefined && given.context !== undefined && given.context !== pinned) {
        throw new CannotLook({
            id: "context-pinned",
            resource: `stack ${stack ?? ""}`,
            expected: `its context ${pinned}, to which kubernetes:context pins it`,
            got: given.context,
            cure: `Omit --context. Or, if the stack has moved: pulumi config set kubernetes:context ${given.context} -s ${stack ?? ""}`,
        });
    }
    if (kubernetes.kubeconfigIsEncrypted === true && given.kubeconfig === undefined) {
        const select = stack === undefined ? "" : ` -s ${stack}`;
        throw new CannotLook({
            id: "kubeconfig-encrypted",
            resource: `stack ${stack ?? ""}`,
            expected: "a kubeconfig that is readable without the stack's passphrase",
            got: "kubernetes:kubeconfig as an encrypted value",
            cure:
                `Write it to a file with the Pulumi CLI: (umask 077; pulumi config get kubernetes:kubeconfig${select} ` +
                "> kubeconfig.yaml). Then run this command again with --kubeconfig kubeconfig.yaml.",
        });
    }
    return { ...kubernetes, ...defined({ kubeconfig: given.kubeconfig, context: given.context }) };
}

/** The same without undefined values, so that it can override other values. */
export function defined<T extends object>(values: T): T {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
