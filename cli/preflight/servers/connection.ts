import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { NoAnswer } from "../../../checks/jaeger/server";
import type { CollectorTls } from "../../../components/collector";

/** How long a server may take for an answer. */
export const ANSWER_MS = 5000;
/** What OpenSSL says about certificates, and Node about the names in them. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

/** A server, and how its certificate is known. */
export interface ServerAddress {
    /** `HOST:PORT`, or `HOST` with the port that follows. */
    address: string;
    defaultPort?: number;
    /** @default without TLS */
    tls?: CollectorTls | undefined;
    /** The authority as PEM, if it is not a public one. */
    ca?: string | undefined;
}

/** A login that the server refused. */
export class LoginRefused extends Error {}

/** A connection from which a client reads as many bytes as it wants. */
export interface Connection {
    write: (bytes: Buffer) => void;
    read: (count: number) => Promise<Buffer>;
}

/** Talks with a server over a connection of its own, which is closed at the end. */
export async function talk<Answer>(
    server: ServerAddress,
    speak: (connection: Connection) => Promise<Answer>,
): Promise<Answer | NoAnswer> {
    try {
        const socket = await open(server);
        try {
            return await speak(connectionOf(socket));
        } finally {
            socket.destroy();
        }
    } catch (error) {
        return error instanceof LoginRefused ? { refused: error.message } : whyNoAnswer(error);
    }
}

/** Whether an error is about the certificate or about the way to the server. */
export function whyNoAnswer(error: unknown): Exclude<NoAnswer, { refused: string }> {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reason = message === "" ? code : message;
    return UNTRUSTED.test(code) ? { untrusted: reason } : { unreachable: reason };
}

function open({ address, defaultPort = 0, tls, ca }: ServerAddress): Promise<Socket> {
    const [host = "", port = String(defaultPort)] = address.split(":");
    const target = { host, port: Number(port) };
    const name = tls?.serverName ?? host;
    return new Promise((resolve, reject) => {
        const socket =
            tls === undefined
                ? connectPlain(target, () => {
                      resolve(socket);
                  })
                : connectTls({ ...target, ca, ...(isIP(name) === 0 && { servername: name }) }, () => {
                      resolve(socket);
                  });
        socket.on("error", reject);
        socket.setTimeout(ANSWER_MS, () => {
            socket.destroy(new Error(`no answer within ${String(ANSWER_MS / 1000)} s`));
        });
    });
}

function connectionOf(socket: Socket): Connection {
    let received = Buffer.alloc(0);
    let end: Error | undefined;
    let wake = (): void => undefined;
    socket.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        wake();
    });
    socket.on("error", (error) => {
        end = error;
        wake();
    });
    socket.on("close", () => {
        end ??= new Error("it closed the connection");
        wake();
    });
    const read = async (count: number): Promise<Buffer> => {
        while (received.length < count) {
            if (end !== undefined) throw end;
            await new Promise<void>((resolve) => (wake = resolve));
        }
        const bytes = received.subarray(0, count);
        received = received.subarray(count);
        return bytes;
    };
    return { read, write: (bytes) => void socket.write(bytes) };
}
