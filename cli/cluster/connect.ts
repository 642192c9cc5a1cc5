import { formatFinding } from "../../checks/finding";
import { resolveSettings, type Settings } from "../../components/settings";
import { openClient, type ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import { pickTarget, readConfiguration, type ConfigurationOptions } from "../preflight/configuration";
import { CannotLook, openTarget, type Target, type TargetOptions } from "../../shared/cluster/target";
import { UserError } from "../../shared/terminal/errors";

/** Exit code of a command that could not look at the cluster. */
const NO_LOOK = 2;

/** Which stack and which cluster a command means. */
export interface ConnectOptions extends ConfigurationOptions, TargetOptions {
    /** Seconds that the cluster has for each answer. @default 10 */
    timeoutSeconds?: number;
}

/** A stack's settings and its cluster. */
export interface Connection {
    /** The settings as the program gets them, objects as JSON; encrypted values are masked. */
    raw: Record<string, string>;
    settings: Settings;
    client: ClusterClient;
    target: Target;
}

/**
 * Opens the cluster of a stack for the time of one action.
 *
 * @throws SettingsError when the settings cannot be used, UserError with exit code 2 when the stack or the cluster cannot.
 */
export async function withCluster<T>(options: ConnectOptions, act: (to: Connection) => Promise<T>): Promise<T> {
    try {
        const { raw, isEncrypted, kubernetes } = readConfiguration(options);
        const settings = resolveSettings(raw, { isEncrypted, stack: options.stack });
        const target = openTarget(pickTarget(kubernetes, options, options.stack));
        const client = await openClient(target, options.timeoutSeconds ?? 10);
        try {
            requireAnswer(await client.get("/version"), `${target.server} (context ${target.context})`);
            return await act({ raw, settings, client, target });
        } finally {
            client.close();
        }
    } catch (error) {
        if (error instanceof CannotLook) throw new UserError(formatFinding(error.finding), NO_LOOK);
        throw error;
    }
}

/**
 * The value of a fact without which a command cannot go on.
 *
 * @throws UserError with exit code 2, which names what was asked and why there is no answer.
 */
export function requireAnswer<T>(fact: Fact<T>, what: string): T {
    if ("value" in fact) return fact.value;
    const { kind, reason } = fact.failure;
    const next = {
        forbidden: "use an administrator's context (--context NAME)",
        unauthorized: "log in again or get a fresh kubeconfig",
        unreachable: "start the cluster, or its VPN or tunnel",
        untrusted: "correct server and certificate authority of this context",
        unexpected: "look at the API server's logs",
    }[kind];
    throw new UserError(`${what}: expected an answer, got: ${reason}. Next: ${next}, and run this again.`, NO_LOOK);
}
