import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";

/** A process on this machine. */
export interface HostProcess {
    pid: number;
    /** Base name of its program. */
    program: string;
    args: string[];
    /** When it started, in seconds since 1970. */
    startedAt: number;
    /** Its working folder, if the system shows it. */
    folder?: string;
    /** The process that started it, if the system shows it. */
    parent?: number;
    /** Its network namespace, if the system shows it. */
    network?: string;
}

/** What this machine shows about its processes. */
export interface Host {
    name: string;
    /** Undefined if the processes cannot be listed. */
    processes: HostProcess[] | undefined;
    /** False if processes of this machine have other numbers here than elsewhere, as in a container. */
    sharesNumbers: boolean;
    /** The network namespace of this process, if the system shows it. */
    network?: string;
}

/** Clock ticks per second in /proc: the same on every Linux on which Node.js runs. */
const TICKS = 100;
/** The kernel gives the initial PID namespace this number on every machine: PROC_PID_INIT_INO. */
const INITIAL = "pid:[4026531836]";

/**
 * Reads the processes of this machine once.
 *
 * @param pids the processes to read. A process of another user may be hidden, and then counts as possibly running.
 */
export function inspectHost(pids: number[]): Host {
    const hasProc = existsSync("/proc/self/stat");
    const visible = hasProc ? fromProc() : fromPs();
    const hidden = pids.filter((pid) => !visible?.some((one) => one.pid === pid) && isHidden(pid));
    const taken = hidden.map((pid) => ({ pid, program: "pulumi", args: [], startedAt: 0 }));
    return {
        name: hostname(),
        processes: visible && [...visible, ...taken],
        sharesNumbers: !hasProc || isInitial(linkOf("self", "ns/pid")),
        network: hasProc ? linkOf("self", "ns/net") : undefined,
    };
}

/** Whether a process is in the machine's own PID namespace; false if that cannot be read. */
export function isInitial(own: string | undefined): boolean {
    // Process 1 proves nothing: in a container, it belongs to the container.
    return own === INITIAL;
}

function isHidden(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return false;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

function fromProc(): HostProcess[] {
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    return readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .flatMap((entry) => readProc(Number(entry), boot) ?? []);
}

function readProc(pid: number, boot: number): HostProcess | undefined {
    try {
        // The name is in parentheses and can contain any character, so fields are counted from the last parenthesis.
        const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (fields[0] === "Z" || fields[0] === "X") return undefined;
        const [program = "", ...args] = readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")
            .split("\0")
            .slice(0, -1);
        const startedAt = boot + Number(fields[19]) / TICKS;
        const links = { folder: linkOf(String(pid), "cwd"), network: linkOf(String(pid), "ns/net") };
        return { pid, program: basename(program), args, startedAt, parent: Number(fields[1]), ...links };
    } catch {
        // The process ended meanwhile, or belongs to another user and is not readable.
        return undefined;
    }
}

function linkOf(process: string, name: string): string | undefined {
    try {
        return readlinkSync(`/proc/${process}/${name}`);
    } catch {
        return undefined;
    }
}

function fromPs(): HostProcess[] | undefined {
    try {
        const options = { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } } as const;
        return execFileSync("ps", ["-A", "-o", "pid=,lstart=,args="], options).split("\n").flatMap(parsePsLine);
    } catch {
        return undefined;
    }
}

/** Reads a line of `ps -A -o pid=,lstart=,args=`. */
export function parsePsLine(line: string): HostProcess[] {
    const [, pid, started, program = "", rest = ""] =
        /^\s*(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]{8}\s+\d{4})\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    const startedAt = Date.parse(started ?? "") / 1000;
    if (pid === undefined || Number.isNaN(startedAt)) return [];
    return [{ pid: Number(pid), program: basename(program), args: rest.split(" ").filter(Boolean), startedAt }];
}
