import { PassThrough } from "node:stream";
import { Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";
import type { ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import { showBytes } from "../../shared/values/bytes";
import { forwardTo, type Forward } from "./portForward";
import { explainSocketError, withHandshakeLimit, type OpenSocket } from "./webSocket";

/** A container to run a command in. */
export interface ContainerRef {
    namespace: string;
    pod: string;
    container: string;
}

/** How a command in a container ended. */
export interface ExecResult {
    code: number;
    stdout: string;
    stderr: string;
}

/** Bytes of a command's output: what is asked for is a small part of that, but where an old Envoy cannot filter it. */
const OUTPUT_BYTES = 32 * 2 ** 20;

/** What the doctor asks of a cluster. Every method resolves; what is missing is `undefined`. */
export interface Access extends Pick<ClusterClient, "get" | "text" | "post" | "delete"> {
    exec(where: ContainerRef, command: string[], limitSeconds?: number): Promise<Fact<ExecResult>>;
    /** A port of a pod, past its sidecar, until the access is closed. */
    forward(namespace: string, pod: string, port: number): Promise<Pick<Forward, "url" | "failure">>;
    close(): void;
}

/**
 * The cluster as the doctor asks it.
 *
 * @param timeoutSeconds for a connection to come about, and for a command in a container that asks for no more.
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
        refuse(new Error(`its output is larger than ${showBytes(OUTPUT_BYTES)}, and was not read to its end`));
    };
    const [stdout, stderr] = [collect(OUTPUT_BYTES, tooMuch), collect(OUTPUT_BYTES, tooMuch)];
    let timer: NodeJS.Timeout | undefined;
    let socket: OpenSocket | undefined;
    let over = false;
    try {
        const status = await new Promise<V1Status>((resolve, reject) => {
            refuse = reject;
            timer = setTimeout(() => {
                reject(new Error(`no end within ${String(limitSeconds)} s`));
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

/** Keeps what comes as far as it is no more than that; then it says so, once. */
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
    // Without a code the command did not even start.
    return cause === undefined ? -1 : Number(cause.message);
}
