import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../../shared/terminal/errors";
import { inspectHost } from "./host";
import type { Orphan } from "./lock";

const END_MS = 10_000;

/** Whether something listens at `HOST:PORT`. */
export function answers(address: string): Promise<boolean> {
    const at = address.lastIndexOf(":");
    return new Promise((done) => {
        const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
        const end = (listens: boolean) => () => {
            socket.destroy();
            done(listens);
        };
        socket.once("connect", end(true)).once("error", end(false)).setTimeout(2000, end(true));
    });
}

/** Ends a process gracefully, or kills it if it takes too long. Never ends a later process with the same number. */
export async function end({ pid, startedAt }: Pick<Orphan, "pid" | "startedAt">): Promise<void> {
    const started = performance.now();
    const isThere = (): boolean =>
        inspectHost([]).processes?.some((one) => one.pid === pid && one.startedAt === startedAt) === true;
    if (isThere()) signal(pid, "SIGINT");
    while (isThere()) {
        if (performance.now() - started > END_MS) signal(pid, "SIGKILL");
        await setTimeout(100);
    }
}

function signal(pid: number, name: NodeJS.Signals): void {
    try {
        process.kill(pid, name);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
        throw new UserError(
            `Could not end process ${String(pid)}: ${(error as Error).message}. End it yourself, then run this command again.`,
        );
    }
}
