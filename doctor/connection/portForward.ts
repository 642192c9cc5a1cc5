import { createServer, type AddressInfo, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import { PortForward } from "@kubernetes/client-node/dist/portforward.js";
import type { Failure } from "../../shared/cluster/facts";
import { explainSocketError, type OpenSocket } from "./webSocket";

/** A port of this machine that is forwarded to a port of a pod, bypassing its sidecar. */
export interface Forward {
    url: string;
    /** Why the last connection failed, if it did. */
    failure: () => Failure | undefined;
    close: () => void;
}

/** Opens a port on this machine, and forwards each connection to the pod. */
export async function forwardTo(config: KubeConfig, namespace: string, pod: string, port: number): Promise<Forward> {
    const forward = new PortForward(config);
    const open = new Set<Socket>();
    let failure: Failure | undefined;
    const server = createServer((socket) => {
        open.add(socket);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => open.delete(socket));
        forward.portForward(namespace, pod, [port], socket, new PassThrough(), socket).then(
            (opened) => {
                const tunnel = opened as unknown as OpenSocket;
                failure = undefined;
                if (socket.destroyed) tunnel.terminate();
                else
                    socket.on("close", () => {
                        tunnel.terminate();
                    });
            },
            (error: unknown) => {
                failure = explainSocketError(error, "forward ports of pods (pods/portforward)");
                socket.destroy();
            },
        );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return {
        url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
        failure: () => failure,
        close: () => {
            server.close();
            for (const socket of open) socket.destroy();
        },
    };
}
