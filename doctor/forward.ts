import { PortForward, type KubeConfig } from "@kubernetes/client-node";
import { createServer, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";

/** A port of this machine that leads to a port of a pod, past its sidecar. */
export interface Forward {
    url: string;
    close: () => void;
}

/** Opens a port on this machine; each connection to it becomes one to the pod. */
export async function forwardTo(config: KubeConfig, namespace: string, pod: string, port: number): Promise<Forward> {
    const forward = new PortForward(config);
    const server = createServer((socket) => {
        socket.on("error", () => socket.destroy());
        forward.portForward(namespace, pod, [port], socket, new PassThrough(), socket).catch(() => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return {
        url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
        close: () => void server.close(),
    };
}
