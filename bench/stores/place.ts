import { connect } from "node:net";

/** Where one program runs: an address of the loopback interface, and a folder. */
export interface Place {
    host: string;
    /** Shared by the programs of a store. */
    folder: string;
    signal: AbortSignal;
    say: (line: string) => void;
}

/**
 * An address for the n-th program, from 1 on, so that programs with the same ports do not meet. Every address of
 * 127.0.0.0/8 is the machine itself in Linux.
 *
 * @param run tells apart benchmarks that run at the same time, such as the ID of the process.
 */
export function addressOf(number: number, run: number): string {
    return `127.77.${String(run % 250)}.${String(number)}`;
}

/** Whether something listens there; else the reason. */
export function listens(host: string, port: number): Promise<true | string> {
    return new Promise((resolve) => {
        const socket = connect({ host, port });
        socket.on("connect", () => {
            socket.destroy();
            resolve(true);
        });
        socket.on("error", (error) => {
            resolve(error.message);
        });
    });
}
