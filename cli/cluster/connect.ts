import { formatFinding } from "../../checks/finding";
import { resolveSettings, type Settings } from "../../components/settings";
import { openClient, type ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import { pickTarget, readConfiguration, type ConfigurationOptions, type StackTarget } from "../preflight/configuration";
import { CannotLook, openTarget, type Target, type TargetOptions } from "../../shared/cluster/target";
import { UserError } from "../../shared/terminal/errors";

/** Exit code of a command that could not run. */
const NO_LOOK = 2;

/** The stack and the cluster of a command. */
export interface ConnectOptions extends ConfigurationOptions, TargetOptions {
    /** Time limit for each answer of the cluster, in seconds. @default 10 */
    timeoutSeconds?: number;
}

/** A stack's settings and its cluster. */
export interface Connection {
    /** The settings as the program receives them, with objects as JSON and masked encrypted values. */
    raw: Record<string, string>;
    settings: Settings;
    /** The cluster that the stack names. */
    kubernetes: StackTarget;
    client: ClusterClient;
    target: Target;
}

/**
 * Connects to the cluster of a stack while one action runs.
 *
 * @throws SettingsError if the settings cannot be used. UserError with exit code 2 if the stack or the cluster cannot
 * be used.
 */
export async function withCluster<T>(options: ConnectOptions, act: (to: Connection) => Promise<T>): Promise<T> {
    try {
        const { raw, isEncrypted, kubernetes } = readConfiguration(options);
        const settings = resolveSettings(raw, { isEncrypted, stack: options.stack });
        const target = openTarget(pickTarget(kubernetes, options, options.stack));
        const client = await openClient(target, options.timeoutSeconds ?? 10);
        try {
            requireAnswer(await client.get("/version"), `${target.server} (context ${target.context})`);
            return await act({ raw, settings, kubernetes, client, target });
        } finally {
            client.close();
        }
    } catch (error) {
        if (error instanceof CannotLook) throw new UserError(formatFinding(error.finding), NO_LOOK);
        throw error;
    }
}

/**
 * The value of a fact without which a command cannot continue.
 *
 * @throws UserError with exit code 2, which names the request and why there is no answer.
 */
export function requireAnswer<T>(fact: Fact<T>, what: string): T {
    if ("value" in fact) return fact.value;
    const { kind, reason } = fact.failure;
    const next = {
        forbidden: "use an administrator's context (--context NAME)",
        unauthorized: "log in again or get a new kubeconfig",
        unreachable: "start the cluster, the VPN or the tunnel",
        untrusted: "correct the server and the certificate authority of this context",
        unexpected: "check the API server's logs",
    }[kind];
    throw new UserError(
        `${what}: expected an answer, got: ${reason}. Next: ${next}, then run this command again.`,
        NO_LOOK,
    );
}
