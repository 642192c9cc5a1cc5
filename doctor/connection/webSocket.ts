import type { KubeConfig } from "@kubernetes/client-node";
import type { Failure } from "../../shared/cluster/facts";

/** A WebSocket as the Kubernetes library opens it; the type comes from a package that is only installed beside it. */
export interface OpenSocket {
    onclose: () => void;
    /** Closes it without a word to the other side, which may not listen. */
    terminate: () => void;
}

/** The same configuration for WebSockets that give up where an API server accepts a connection and says nothing. */
export function withHandshakeLimit(config: KubeConfig, limitSeconds: number): KubeConfig {
    const limited = Object.create(config) as KubeConfig;
    limited.applyToHTTPSOptions = async (options) => {
        await config.applyToHTTPSOptions(options);
        Object.assign(options, { handshakeTimeout: limitSeconds * 1000 });
    };
    return limited;
}

/** The WebSocket library says no more of a refusal than its HTTP status. */
export function explainSocketError(error: unknown, right: string): Failure {
    const message = (error as { message?: string }).message ?? String(error);
    /* eslint-disable no-restricted-syntax -- The library has no field for the status, nor for a handshake that timed out. */
    if (/\b403\b/.test(message)) return { kind: "forbidden", reason: `this user may not ${right}` };
    if (/\b401\b/.test(message))
        return { kind: "unauthorized", reason: "the API server does not accept the credentials" };
    if (/handshake has timed out/.test(message)) return { kind: "unreachable", reason: "no answer (timeout)" };
    /* eslint-enable no-restricted-syntax */
    return { kind: "unexpected", reason: message };
}
