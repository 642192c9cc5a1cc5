import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { mustBeEncrypted } from "../../components/settings/misplacedSecrets";
import { maskEncrypted, maskText } from "../cluster/encryptedSecrets";
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
    kubernetes: StackTarget;
}

/** The cluster that a stack names. */
export interface StackTarget extends TargetOptions {
    /** True where the stack's file holds `kubernetes:kubeconfig` as a secret, which only its passphrase opens. */
    kubeconfigIsEncrypted?: boolean;
}

/** `pulumi up` follows kubernetes:context and kubernetes:kubeconfig, so commands that look at its cluster do as well. */
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
            kubeconfig: kubeconfig === undefined ? undefined : contentOf(kubeconfig),
            ...(kubeconfigIsEncrypted && { kubeconfigIsEncrypted }),
            context: config.values["kubernetes:context"],
        }),
    };
}

/**
 * Which cluster a command looks at: the one that was named, else the stack's.
 *
 * @throws CannotLook when another context was named than the stack is pinned to: what is meant for one cluster shall
 * never reach another. Also when the stack's own kubeconfig is encrypted and none was named: another one may mean another
 * cluster.
 */
export function pickTarget(kubernetes: StackTarget, given: TargetOptions, stack: string | undefined): TargetOptions {
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
    if (kubernetes.kubeconfigIsEncrypted === true && given.kubeconfig === undefined) {
        const select = stack === undefined ? "" : ` -s ${stack}`;
        throw new CannotLook({
            id: "kubeconfig-encrypted",
            resource: `stack ${stack ?? ""}`,
            expected: "a kubeconfig that can be read without the stack's passphrase",
            got: "kubernetes:kubeconfig as an encrypted value",
            cure:
                `Have the Pulumi CLI write it to a file of yours: (umask 077; pulumi config get kubernetes:kubeconfig${select} ` +
                "> kubeconfig.yaml). Then run this again with --kubeconfig kubeconfig.yaml.",
        });
    }
    return { ...kubernetes, ...defined({ kubeconfig: given.kubeconfig, context: given.context }) };
}

/** A kubeconfig as the provider takes it: the content, or a file, seen from the project's folder. */
function contentOf(kubeconfig: string): string {
    if (kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{")) return kubeconfig;
    const file = resolve(PROJECT_DIR, kubeconfig.replace(/^~(?=\/|$)/, homedir()));
    return existsSync(file) ? readFileSync(file, "utf8") : file;
}

/** The same without what is undefined, so that it can be laid over other values. */
export function defined<T extends object>(values: T): T {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
