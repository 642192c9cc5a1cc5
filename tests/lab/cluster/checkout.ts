import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess, SpawnSyncOptionsWithStringEncoding } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { labIdentity } from "../../../lab/identity";
import type { LabIdentity } from "../../../lab/identity";
import { obstaclesToLab } from "../../../lab/cluster";

const repository = dirname(dirname(dirname(__dirname)));

/** Outcome of one command in a checkout. */
export interface Outcome {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** A second checkout of this repository in a folder of its own, hence with a lab of its own. */
export class Checkout {
    public readonly folder: string;
    public readonly identity: LabIdentity;

    constructor() {
        this.folder = mkdtempSync(join(tmpdir(), "istio-tracing-checkout-"));
        for (const entry of [
            "cli",
            "lab",
            "shared",
            "package.json",
            "package-lock.json",
            "lazy.cjs",
            "translate.cjs",
        ]) {
            cpSync(join(repository, entry), join(this.folder, entry), { recursive: true });
        }
        symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"));
        this.identity = labIdentity(this.folder);
    }

    /** Runs `npm run lab -- WORDS` to its end. */
    public lab(...words: string[]): Outcome {
        const { status, stdout, stderr } = spawnSync(process.execPath, this.argv(words), this.options());
        return { code: status, stdout, stderr };
    }

    /** Starts `npm run lab -- WORDS`. */
    public startLab(...words: string[]): ChildProcess {
        return spawn(process.execPath, this.argv(words), { ...this.options(), stdio: ["ignore", "pipe", "pipe"] });
    }

    /** By way of the bootstrap it would reinstall packages, were the lock file changed in the meantime. */
    private argv(words: string[]): string[] {
        return ["--require", join(this.folder, "translate.cjs"), join(this.folder, "cli", "lab.ts"), ...words];
    }

    private options(): SpawnSyncOptionsWithStringEncoding {
        return { cwd: this.folder, encoding: "utf8" };
    }

    public kubectl(...words: string[]): Outcome {
        return this.lab("exec", "--", "kubectl", ...words);
    }

    /** Runs a program of the lab's on the host, outside of its network. */
    public host(program: string, words: string[]): Outcome {
        const binDir = findBinDir(this.identity);
        const { status, stdout, stderr } = spawnSync(join(binDir, program), words, { encoding: "utf8" });
        return { code: status, stdout, stderr };
    }

    public remove(): void {
        this.lab("down");
        rmSync(this.folder, { recursive: true, force: true });
    }
}

function findBinDir({ stateDir }: LabIdentity): string {
    const record = JSON.parse(readFileSync(join(stateDir, "cluster.json"), "utf8")) as {
        artifacts: { binDir: string };
    };
    return record.artifacts.binDir;
}

/** Addresses on which a process of this network namespace listens for TCP, such as `127.0.0.1:80`. */
export function listenersOf(pid: number): string[] {
    const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
            return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        } catch {
            return undefined;
        }
    });
    const lines = ["tcp", "tcp6"].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, "utf8").split("\n"));
    const listening = "0A";
    return lines
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === listening && sockets.includes(fields[9]))
        .map((fields) => {
            const [address = "", port = ""] = (fields[1] ?? "").split(":");
            // An IPv4 address is written as one number, whose bytes are in the machine's order.
            const bytes = Buffer.from(address, "hex").reverse();
            return `${bytes.join(".")}:${parseInt(port, 16)}`;
        });
}

/** Everything of a lab that the machine can show, by kind; empty when nothing of it is left. */
export function traces({ name, stateDir }: LabIdentity): string[] {
    const cgroups = readdirSync("/sys/fs/cgroup", { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join("/sys/fs/cgroup", entry.name, name));
    const paths = [stateDir, join("/sys/fs/cgroup", name), ...cgroups].filter((path) => existsSync(path));
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    return [
        ...paths.map((path) => `path ${path}`),
        ...mounts.filter((line) => line.includes(name)).map((line) => `mount ${line}`),
        ...processes()
            .filter((line) => line.includes(name))
            .map((line) => `process ${line}`),
    ];
}

/** What of the machine as a whole a lab might change: devices, mounts, folders, kernel settings. */
export function machineState(): Record<string, string> {
    const list = (folder: string): string => (existsSync(folder) ? readdirSync(folder).sort().join(" ") : "none");
    const settings = ["vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops", "net/ipv4/ip_forward"];
    return {
        mounts: readFileSync("/proc/self/mounts", "utf8"),
        ...Object.fromEntries(
            ["/sys/class/net", "/run/netns", "/opt", "/etc", "/var/lib", "/var/log", "/usr/libexec"].map((folder) => [
                folder,
                list(folder),
            ]),
        ),
        ...Object.fromEntries(settings.map((name) => [name, readFileSync(`/proc/sys/${name}`, "utf8")])),
    };
}

function processes(): string[] {
    return readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
        .map((entry) => {
            try {
                return `${entry} ${readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ")}`;
            } catch {
                return "";
            }
        });
}

/** Skips the suite where no lab can run, unless one is required. */
export async function skipWithoutLab(this: Mocha.Context): Promise<void> {
    const why = await obstaclesToLab();
    if (why === undefined) return;
    if (process.env["LAB"] === "required") throw new Error(why);
    this.skip();
}

/** Resolves when a command has said a text. */
export function spoken(child: ChildProcess, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
        let said = "";
        child.stdout?.on("data", (chunk: Buffer) => {
            said += chunk.toString();
            if (said.includes(text)) resolve();
        });
        child.on("close", () => {
            reject(new Error(`ended without saying "${text}"; it said: ${said}`));
        });
    });
}

/** Resolves with all that a command has said from now on, and how it ended. */
export function ended(child: ChildProcess): Promise<Outcome> {
    return new Promise((resolve) => {
        let stdout = "";
        let stderr = "";
        child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        child.on("close", (code) => {
            resolve({ code, stdout, stderr });
        });
    });
}
