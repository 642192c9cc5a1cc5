import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import pc from "picocolors";
import { compareRecords } from "../bench/compare";
import { BenchLab } from "../bench/lab";
import { parseBenchOptions, usage, type BenchOptions } from "../bench/options";
import { resultFiles, writeResults } from "../bench/page";
import { isComplete, mergeRecords, readRecord, type BenchRecord } from "../bench/record";
import { runBench } from "../bench/run";
import { SECTIONS } from "../bench/sections";
import { renderCheck, renderTable } from "../bench/table";
import { obstaclesToLab } from "../lab/cluster";
import { choosePulumi } from "../lab/pulumi";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";

const ROOT = dirname(__dirname);
const DOCS = join(ROOT, "docs");
/** Results of the last run of this checkout, complete or not. */
const LAST = join(ROOT, "bench", ".last");
/** The exit code that shells use for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

runCommand(async (args) => {
    const options = parseBenchOptions(args, SECTIONS);
    if (options.help) {
        console.log(usage(SECTIONS));
        return 0;
    }
    const committed = options.check ? readRecord(resultFiles(DOCS).json) : undefined;
    const obstacles = await obstaclesToLab();
    if (obstacles !== undefined) throw new UserError(obstacles);
    if (options.real) await choosePulumi("real", say);

    // Commands of this project cache translated files. `pulumi up` does not.
    delete process.env["NODE_COMPILE_CACHE"];
    const abort = interruptable();
    const lab = new BenchLab();
    const record = await runBench({
        sections: options.sections,
        repeats: options.repeats,
        command: ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
        lab,
        signal: abort.signal,
        say,
        keep: keepJson,
    });
    for (const line of renderTable(record)) console.log(line);
    await writeResults(LAST, record);
    if (!record.interrupted) await lab.release();
    console.log(`\nResults: ${resultFiles(LAST).json}; as a page: ${resultFiles(LAST).page}`);
    return finish(options, record, committed);
});

/** Writes or compares the results, and returns the exit code. */
async function finish(options: BenchOptions, record: BenchRecord, committed: BenchRecord | undefined): Promise<number> {
    if (record.interrupted) {
        const begun = record.sections.map(({ name }) => name);
        const not = options.sections.filter(({ name }) => !begun.includes(name)).map(({ name }) => name);
        const rest = not.length > 0 ? ` Not started: ${not.join(", ")}.` : "";
        console.log(`${pc.yellow("Interrupted.")}${rest} docs/benchmarks and the lab are unchanged.`);
        // Work that ignores the interrupt would keep this process alive.
        process.exit(INTERRUPTED);
    }
    const failed = record.sections.filter((section) => !isComplete(section)).map(({ name }) => name);
    if (options.write) await writeDocs(record);
    const worse = committed === undefined ? 0 : check(committed, record);
    if (failed.length === 0) return worse > 0 ? 1 : 0;
    throw new UserError(`${failed.join(", ")} failed. Next: npm run bench -- --only ${failed.join(",")}`);
}

async function writeDocs(record: BenchRecord): Promise<void> {
    const { json } = resultFiles(DOCS);
    const earlier = existsSync(json) ? readRecord(json) : undefined;
    const order = SECTIONS.map(({ name }) => name);
    const merged = mergeRecords(earlier, { ...record, command: "npm run bench -- --write" }, order);
    await writeResults(DOCS, merged);
    console.log(
        "Wrote docs/benchmarks.md, its plots and its JSON. Next: review the changes with git diff, then commit them.",
    );
}

/** The number of ratios that got worse. */
function check(committed: BenchRecord, record: BenchRecord): number {
    const result = compareRecords(committed, record);
    console.log(`\n${pc.bold("Ratios compared with docs/benchmarks")}`);
    for (const line of renderCheck(result)) console.log(line);
    if (result.comparisons.every(({ verdict }) => verdict === "new")) {
        const next = 'Next: run "npm run bench -- --write" and commit its output.';
        throw new UserError(`expected ratios of these sections in docs/benchmarks, got none. ${next}`, 2);
    }
    return result.comparisons.filter(({ verdict }) => verdict === "worse").length;
}

/** Ctrl-C lets the section finish the current measurement. A second one stops everything immediately. */
function interruptable(): AbortController {
    const abort = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.on(signal, () => {
            if (abort.signal.aborted) process.exit(INTERRUPTED);
            say("interrupted: no new measurement starts. Press Ctrl-C again to stop immediately");
            abort.abort();
        });
    }
    return abort;
}

function keepJson(record: BenchRecord): void {
    const { json } = resultFiles(LAST);
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, JSON.stringify(record, undefined, 4));
}

/** Progress goes to standard error, so that standard output contains only the table. */
function say(line: string): void {
    process.stderr.write(`${pc.dim(new Date().toISOString().slice(11, 19))} ${line}\n`);
}
