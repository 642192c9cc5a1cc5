import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { clusterStatus } from "../../lab/cluster";
import { labIdentity } from "../../lab/identity";
import { UserError } from "../../shared/terminal/errors";
import { onPath } from "../../shared/terminal/onPath";
import { parseOptions } from "../../shared/terminal/options";

export const STRESS_ARGUMENTS = "[--runs N]";

const USAGE = `npm run lab -- stress ${STRESS_ARGUMENTS}
  runs "npm run demo" and "npm run demo:down" repeatedly on a busy machine, and counts the failures
  --runs   number of runs under stress-ng, and the same number on one processor, 1 to 100; default 10`;

/** The shell's exit code for a command that Ctrl-C ended. */
const INTERRUPTED = 130;
const BOOTSTRAP = join(__dirname, "..", "bootstrap.mjs");

/** One way of making the machine slow. */
interface Hardship {
    name: string;
    /** A command that runs beside the demo. */
    beside?: string[];
    /** Prefix of the demo's command line. */
    prefix: string[];
}

const HARDSHIPS: Hardship[] = [
    // Ends by itself if nothing is left to end it.
    { name: "stress-ng --cpu 20", beside: ["stress-ng", "--cpu", "20", "--timeout", "1h", "--quiet"], prefix: [] },
    { name: "taskset -c 0", prefix: ["taskset", "-c", "0"] },
];

interface Outcome {
    state: "ok" | "failed" | "interrupted";
    seconds: number;
    restarts: number;
}

/** Proves that the demo reliably comes up on a busy machine. */
export async function stress(args: string[]): Promise<number> {
    const runs = await prepare(args);
    if (runs === undefined) return 0;
    const stop = new AbortController();
    const interrupt = (): void => {
        stop.abort();
    };
    process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
    const folder = mkdtempSync(join(tmpdir(), "istio-tracing-stress-"));
    const results = HARDSHIPS.map((hardship) => ({ hardship, outcomes: [] as Outcome[] }));
    // Alternates, so that a few runs already cover both.
    for (let run = 1; run <= runs; run++) {
        for (const { hardship, outcomes } of results) {
            if (stop.signal.aborted) break;
            const log = join(folder, `${hardship.name.replaceAll(/\W+/g, "-")}-${String(run)}`);
            const outcome = await runOnce(hardship, log, stop.signal);
            outcomes.push(outcome);
            say(`${hardship.name}, run ${String(run)} of ${String(runs)}: ${describe(outcome, log)}`);
        }
    }
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    say("");
    for (const { hardship, outcomes } of results) say(summarise(hardship.name, outcomes, runs));
    const all = results.flatMap(({ outcomes }) => outcomes);
    if (all.every(({ state }) => state === "ok")) rmSync(folder, { recursive: true });
    if (stop.signal.aborted) return INTERRUPTED;
    return all.every(({ state }) => state === "ok") ? 0 : 1;
}

/** The requested number of runs; undefined if only the usage was requested. */
async function prepare(args: string[]): Promise<number | undefined> {
    const { runs, help } = parseOptions(args, USAGE, {
        runs: { type: "string", default: "10" },
        help: { type: "boolean", default: false },
    });
    if (help) {
        say(USAGE);
        return undefined;
    }
    if (!/^\d+$/.test(runs) || Number(runs) < 1 || Number(runs) > 100) {
        throw new UserError(
            `expected --runs to be a whole number from 1 to 100, got ${JSON.stringify(runs)}\n${USAGE}`,
            2,
        );
    }
    const missing = ["stress-ng", "taskset"].filter((program) => onPath(program) === undefined);
    if (missing.length > 0) {
        const packages = "apt-get install stress-ng util-linux";
        throw new UserError(
            `expected stress-ng and taskset on the PATH, got no ${missing.join(", ")}. Next: ${packages}`,
            2,
        );
    }
    const { artifactsAreCached } = await import("../../lab/images");
    if (!(await artifactsAreCached())) {
        throw new UserError(
            "expected the lab's programs to be built, so that a run does not build them, got a cache without them. " +
                "Next: npm run lab -- up && npm run lab -- down",
            2,
        );
    }
    if ((await clusterStatus()).state !== "down") {
        throw new UserError("expected no running lab of this checkout, got one. Next: npm run lab -- down", 2);
    }
    return Number(runs);
}

/** Starts and stops the demo. Keeps the logs of both, and the lab's logs, if one of them fails. */
async function runOnce(hardship: Hardship, log: string, signal: AbortSignal): Promise<Outcome> {
    const beside = hardship.beside && start(hardship.beside, `${log}.beside.log`, true);
    try {
        const started = performance.now();
        const demo = await finish(start([...hardship.prefix, ...command("demo", "--no-viewer")], `${log}.log`), signal);
        const seconds = (performance.now() - started) / 1000;
        const { restartCount } = await clusterStatus();
        const failed = demo !== 0;
        const labLogs = join(labIdentity().stateDir, "logs");
        if (failed && !signal.aborted && existsSync(labLogs)) cpSync(labLogs, `${log}.lab`, { recursive: true });
        const down = await finish(start([...hardship.prefix, ...command("lab", "down")], `${log}.down.log`), undefined);
        const state = signal.aborted && demo !== 0 ? "interrupted" : failed || down !== 0 ? "failed" : "ok";
        return { state, seconds, restarts: restartCount };
    } finally {
        if (beside !== undefined) await end(beside);
    }
}

function command(...words: string[]): string[] {
    return [process.execPath, BOOTSTRAP, ...words];
}

/** @param apart in its own session, so that Ctrl-C reaches it only through this process. */
function start([program = "", ...args]: string[], log: string, apart = false): ChildProcess {
    const output = openSync(log, "w");
    const child = spawn(program, args, { stdio: ["ignore", output, output], detached: apart });
    closeSync(output);
    return child;
}

/** Exit code of a command, which is signaled to stop. */
async function finish(child: ChildProcess, signal: AbortSignal | undefined): Promise<number | null> {
    // The bootstrap leaves SIGINT to the terminal, which sends it to all processes.
    const stop = (): void => void child.kill("SIGTERM");
    signal?.addEventListener("abort", stop);
    try {
        return await new Promise((resolve, reject) => {
            child.once("error", reject).once("exit", resolve);
        });
    } finally {
        signal?.removeEventListener("abort", stop);
    }
}

async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
}

function describe({ state, seconds, restarts }: Outcome, log: string): string {
    const word = state === "ok" ? pc.green(state) : pc.red(state);
    const load = loadavg()[0] ?? 0;
    const where = state === "ok" ? "" : `; see ${log}.*`;
    return `${word}, ${seconds.toFixed(1)} s, ${plural(restarts, "restart")}, load ${load.toFixed(0)}${where}`;
}

function summarise(name: string, outcomes: Outcome[], wanted: number): string {
    const ok = outcomes.filter(({ state }) => state === "ok");
    const seconds = ok.map((outcome) => outcome.seconds).sort((left, right) => left - right);
    const [fastest, slowest] = [seconds[0], seconds.at(-1)].map((value) => (value ?? 0).toFixed(1));
    const times = seconds.length === 0 ? "" : `; fastest ${fastest} s, slowest ${slowest} s`;
    const restarts = outcomes.reduce((sum, outcome) => sum + outcome.restarts, 0);
    return `${name}: ${String(ok.length)} of ${String(wanted)} ok${times}; ${plural(restarts, "restart")}`;
}

function plural(count: number, what: string): string {
    return `${String(count)} ${what}${count === 1 ? "" : "s"}`;
}

function say(line: string): void {
    process.stdout.write(`${line}\n`);
}
