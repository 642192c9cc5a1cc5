import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../shared/terminal/errors";
import { isAlive, readProcess, type ProcessId } from "../cluster/processes";

/** The holder in a lock file, if it is alive. */
function holderOf(file: string): string | undefined {
    try {
        const holder = JSON.parse(readFileSync(file, "utf8")) as ProcessId & { command: string; since: string };
        return isAlive(holder) ? `${holder.command}, process ${holder.pid}, since ${holder.since}` : undefined;
    } catch {
        return undefined;
    }
}

/** Takes the lock of a state file, even from a dead process. Returns a function that releases it. */
export function lockState(stateFile: string, command: string): () => void {
    const { pid } = process;
    const file = `${stateFile}.lock`;
    const own = `${file}.${pid}`;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const startTime = readProcess(pid)?.startTime;
    writeFileSync(own, JSON.stringify({ pid, startTime, command, since: new Date().toISOString() }));
    const take = (): boolean => {
        try {
            linkSync(own, file);
            return true;
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
            throw error;
        }
    };
    try {
        while (!take()) {
            const first = holderOf(file);
            if (first !== undefined) throw new UserError(`Another run uses this stack: ${first}. Wait until it ends.`);
            // Moved aside and checked again, because a third run may have taken the dead lock meanwhile.
            renameSync(file, `${own}.dead`);
            if (holderOf(`${own}.dead`) === undefined) rmSync(`${own}.dead`);
            else renameSync(`${own}.dead`, file);
        }
    } finally {
        rmSync(own, { force: true });
    }
    return () => {
        rmSync(file, { force: true });
    };
}
