import http from "node:http";
import https from "node:https";
import { firstLine } from "../terminal/errors";
import type { Fact, Failure } from "./facts";

/** The answer of a server, as it is. */
export interface Answer {
    status: number;
    text: string;
}

/** A request to an API server. */
export interface Request {
    url: string;
    options: https.RequestOptions;
    body: string | undefined;
    timeoutSeconds: number;
}

/** Sends a request. Resolves with a failure if there is no answer. */
export function send({ url, options, body, timeoutSeconds }: Request): Promise<Fact<Answer>> {
    return new Promise((resolve) => {
        const signal = AbortSignal.timeout(timeoutSeconds * 1000);
        const fail = (error: Error): void => {
            resolve({ failure: explainNetworkError(error, timeoutSeconds, url) });
        };
        const request = (url.startsWith("https:") ? https : http).request(url, { ...options, signal }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", fail);
            response.on("end", () => {
                const text = Buffer.concat(chunks).toString("utf8");
                resolve({ value: { status: response.statusCode ?? 0, text } });
            });
        });
        request.on("error", fail);
        request.end(body);
    });
}

/** Describes a failed connection: refused, DNS, route or timeout; or TLS, which has its own kind. */
export function explainNetworkError(error: Error, timeoutSeconds: number, url: string): Failure {
    const given: unknown = (error as { code?: unknown }).code;
    // The code of a DOMException is a number.
    const code = typeof given === "string" ? given : "";
    const first = firstLine(error);
    const { hostname } = new URL(url);
    if (code === "EPROTO" || code.startsWith("ERR_SSL_") || code.startsWith("HPE_")) {
        return { kind: "untrusted", reason: "the server does not use TLS, although its URL starts with https://" };
    }
    if (code.startsWith("ERR_TLS_") || /CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code)) {
        return { kind: "untrusted", reason: `the server's certificate is not accepted (TLS, ${code}): ${first}` };
    }
    const reasons: Record<string, string> = {
        ECONNREFUSED: "connection refused: no process listens there",
        ENOTFOUND: `the DNS name ${hostname} does not resolve`,
        EAI_AGAIN: `the DNS name ${hostname} does not resolve now, because DNS does not answer`,
        EHOSTUNREACH: `no route to ${hostname}`,
        ENETUNREACH: `no route to ${hostname}`,
        ECONNRESET: "the server closed the connection (reset)",
        EPIPE: "the server closed the connection (reset)",
    };
    const timeout = ["AbortError", "TimeoutError"].includes(error.name) || code === "ETIMEDOUT";
    const reason = timeout ? `no answer within ${String(timeoutSeconds)} s (timeout)` : reasons[code];
    return { kind: "unreachable", reason: reason ?? `${first}${code === "" ? "" : ` (${code})`}` };
}
