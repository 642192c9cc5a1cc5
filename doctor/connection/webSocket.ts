import type { KubeConfig } from "@kubernetes/client-node";
import type { Failure } from "../../shared/cluster/facts";

/** A WebSocket that the Kubernetes library opens. Its type comes from a dependency of that library. */
export interface OpenSocket {
    onclose: () => void;
    /** Closes it without a closing handshake, because the server may not answer. */
    terminate: () => void;
}

/**
 * The same configuration for WebSockets, with a timeout for an API server that accepts a connection but does not
 * answer.
 */
export function withHandshakeLimit(config: KubeConfig, limitSeconds: number): KubeConfig {
    const limited = Object.create(config) as KubeConfig;
    limited.applyToHTTPSOptions = async (options) => {
        await config.applyToHTTPSOptions(options);
        Object.assign(options, { handshakeTimeout: limitSeconds * 1000 });
    };
    return limited;
}

/** The WebSocket library only reports the HTTP status of a rejection. */
export function explainSocketError(error: unknown, right: string): Failure {
    const message = (error as { message?: string }).message ?? String(error);
    /* oxlint-disable project/no-decision-on-words -- The library has no field for the status, nor for a handshake that timed out. */
    if (/\b403\b/.test(message)) return { kind: "forbidden", reason: `this user may not ${right}` };
    if (/\b401\b/.test(message))
        return { kind: "unauthorized", reason: "the API server does not accept the credentials" };
    if (/handshake has timed out/.test(message)) return { kind: "unreachable", reason: "no answer (timeout)" };
    /* oxlint-enable project/no-decision-on-words */
    return { kind: "unexpected", reason: message };
}
