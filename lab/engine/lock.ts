import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../shared/terminal/errors";
import { isAlive, readProcess, type ProcessId } from "../cluster/processes";

/** What a lock file says of its holder, if that is alive. */
function holderOf(file: string): string | undefined {
    try {
        const holder = JSON.parse(readFileSync(file, "utf8")) as ProcessId & { command: string; since: string };
        return isAlive(holder) ? `${holder.command}, process ${holder.pid}, since ${holder.since}` : undefined;
    } catch {
        return undefined;
    }
}

/** Takes the lock of a state file, from a dead process too; returns what gives it back. */
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
            if (first !== undefined) throw new UserError(`Another run has this stack: ${first}. Wait for its end.`);
            // Moved aside and looked at again, since a third run may have taken the dead lock meanwhile.
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
