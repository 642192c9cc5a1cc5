import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

/** A way to a server that takes longer. */
export interface SlowWay {
    port: number;
    close: () => void;
}

/** Listens on loopback and passes bytes on to a port there, each half of the latency late, whichever way they go. */
export async function slowWayTo(port: number, latencyMs: number): Promise<SlowWay> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (client) => {
        const upstream = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
        client.setNoDelay(true);
        for (const [from, to] of [
            [client, upstream],
            [upstream, client],
        ] as const) {
            sockets.add(from);
            // Timers of the same length fire in the order in which they were set, so bytes stay in theirs.
            const later = (what: () => void): void => void setTimeout(what, latencyMs / 2);
            from.on("data", (chunk) => {
                later(() => {
                    if (!to.destroyed) to.write(chunk);
                });
            });
            from.on("end", () => {
                later(() => to.end());
            });
            from.on("error", () => to.destroy());
            from.on("close", () => sockets.delete(from));
        }
    });
    await new Promise<void>((resolve, reject) => {
        server.on("error", reject).listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    return {
        port: address.port,
        close: () => {
            server.close();
            for (const socket of sockets) socket.destroy();
        },
    };
}

/** A kubeconfig whose API server is reached by another port of loopback. */
export function kubeconfigBy(kubeconfig: string, way: SlowWay, scratch: string): string {
    const file = join(scratch, "slow.kubeconfig");
    const text = readFileSync(kubeconfig, "utf8");
    const changed = text.replace(/(server: https:\/\/127\.0\.0\.1:)\d+/, `$1${String(way.port)}`);
    writeFileSync(file, changed, { mode: 0o600 });
    return file;
}
