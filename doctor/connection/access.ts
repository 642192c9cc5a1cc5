import { PassThrough } from "node:stream";
import type { KubeConfig, V1Status } from "@kubernetes/client-node";
import { Exec } from "@kubernetes/client-node/dist/exec.js";
import type { ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import { showBytes } from "../../shared/values/bytes";
import { forwardTo, type Forward } from "./portForward";
import { explainSocketError, withHandshakeLimit, type OpenSocket } from "./webSocket";

/** A container in which to run a command. */
export interface ContainerRef {
    namespace: string;
    pod: string;
    container: string;
}

/** The result of a command in a container. */
export interface ExecResult {
    code: number;
    stdout: string;
    stderr: string;
}

/**
 * Limit of a command's output in bytes. The requested output is much smaller, except from an old Envoy that cannot
 * filter it.
 */
const OUTPUT_BYTES = 32 * 2 ** 20;

/** The doctor's access to a cluster. Every method resolves; a missing object is `undefined`. */
export interface Access extends Pick<ClusterClient, "get" | "text" | "post" | "delete"> {
    exec(where: ContainerRef, command: string[], limitSeconds?: number): Promise<Fact<ExecResult>>;
    /** A port of a pod, bypassing its sidecar, until the access is closed. */
    forward(namespace: string, pod: string, port: number): Promise<Pick<Forward, "url" | "failure">>;
    close(): void;
}

/**
 * The doctor's access to a cluster.
 *
 * @param timeoutSeconds time limit for a connection, and for a command in a container without its own limit.
 */
export function openAccess(client: ClusterClient, given: KubeConfig, timeoutSeconds: number): Access {
    const config = withHandshakeLimit(given, timeoutSeconds);
    const forwards: Forward[] = [];
    return {
        get: (path, accept) => client.get(path, accept),
        text: (path) => client.text(path),
        post: (path, body) => client.post(path, body),
        delete: (path, uid) => client.delete(path, uid),
        exec: (where, command, limitSeconds = timeoutSeconds) =>
            runCommand(new Exec(config), where, command, limitSeconds),
        forward: async (namespace, pod, port) => {
            const forward = await forwardTo(config, namespace, pod, port);
            forwards.push(forward);
            return forward;
        },
        close: () => {
            for (const forward of forwards) forward.close();
            client.close();
        },
    };
}

async function runCommand(
    exec: Exec,
    { namespace, pod, container }: ContainerRef,
    command: string[],
    limitSeconds: number,
): Promise<Fact<ExecResult>> {
    let refuse: (error: Error) => void = () => undefined;
    const tooMuch = (): void => {
        refuse(new Error(`its output is larger than ${showBytes(OUTPUT_BYTES)}, so only a part was read`));
    };
    const [stdout, stderr] = [collect(OUTPUT_BYTES, tooMuch), collect(OUTPUT_BYTES, tooMuch)];
    let timer: NodeJS.Timeout | undefined;
    let socket: OpenSocket | undefined;
    let over = false;
    try {
        const status = await new Promise<V1Status>((resolve, reject) => {
            refuse = reject;
            timer = setTimeout(() => {
                reject(new Error(`it did not end within ${String(limitSeconds)} s`));
            }, limitSeconds * 1000);
            exec.exec(namespace, pod, container, command, stdout.stream, stderr.stream, null, false, resolve).then(
                (opened) => {
                    const live = opened as unknown as OpenSocket;
                    socket = live;
                    live.onclose = () => {
                        reject(new Error("the connection was closed before the command had ended"));
                    };
                    if (over) live.terminate();
                },
                reject,
            );
        });
        return {
            value: { code: exitCode(status), stdout: stdout.text(), stderr: stderr.text() || (status.message ?? "") },
        };
    } catch (error) {
        over = true;
        socket?.terminate();
        return { failure: explainSocketError(error, "run commands in pods (pods/exec)") };
    } finally {
        clearTimeout(timer);
    }
}

/** Keeps output up to the limit, then reports once that there is more. */
export function collect(mostBytes: number, full: () => void): { stream: PassThrough; text: () => string } {
    const stream = new PassThrough();
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
        const before = bytes;
        bytes += chunk.length;
        if (bytes <= mostBytes) chunks.push(chunk);
        else if (before <= mostBytes) full();
    });
    return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}

function exitCode({ status, details }: V1Status): number {
    if (status === "Success") return 0;
    const cause = details?.causes?.find(({ reason }) => reason === "ExitCode");
    // Without a code, the command did not start.
    return cause === undefined ? -1 : Number(cause.message);
}
