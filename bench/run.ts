import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchLab } from "./lab";
import { currentCommit, describeMachine, packageVersions } from "./machine";
import { FORMAT, type BenchRecord, type SectionRecord } from "./record";
import type { BenchContext, Section } from "./section";

const MINUTE_MS = 60_000;
/** Time limit of a section. Its last round ends before that. */
const SECTION_MINUTES = 9.5;
/** How long a section can continue its current work after Ctrl-C. */
const GRACE_MS = 20_000;

/** One run of the benchmark. */
export interface BenchRun {
    sections: Section[];
    repeats: number;
    /** The command, as the page shows it. */
    command: string;
    lab: Pick<BenchLab, "up" | "fresh" | "distrust" | "versions">;
    signal: AbortSignal;
    say: (line: string) => void;
    /** Receives the record after each section, so that a crash loses none. */
    keep: (record: BenchRecord) => void;
    /** @default 20 s */
    graceMs?: number;
}

/** Runs sections in order. The next section runs even if one fails. An interrupt ends the run. */
export async function runBench(run: BenchRun): Promise<BenchRecord> {
    const record: BenchRecord = { format: FORMAT, command: run.command, interrupted: false, sections: [] };
    for (const section of run.sections) {
        if (run.signal.aborted) break;
        record.sections.push(await runSection(section, run));
        record.interrupted = run.signal.aborted;
        run.keep(record);
    }
    return record;
}

async function runSection(section: Section, run: BenchRun): Promise<SectionRecord> {
    const began = performance.now();
    const record: SectionRecord = {
        ...{ name: section.name, title: section.title, date: new Date().toISOString(), commit: currentCommit() },
        ...{ machine: describeMachine(), versions: packageVersions(), repeats: run.repeats, minutes: 0 },
        ...{ interrupted: false, figures: [], goals: [], notes: [] },
    };
    const scratch = mkdtempSync(join(tmpdir(), "istio-tracing-bench-"));
    const say = (line: string): void => {
        run.say(`${section.name}: ${line}`);
    };
    const context: BenchContext = {
        lab: () => run.lab.up(say),
        freshLab: () => run.lab.fresh(say),
        ...{ repeats: run.repeats, say, signal: run.signal, scratch },
        deadline: began + SECTION_MINUTES * MINUTE_MS,
    };
    say(`${section.title}, usually ${String(section.usualMinutes)} min`);
    try {
        await untilAborted(section.run(context, record), run.signal, run.graceMs ?? GRACE_MS);
    } catch (error) {
        // An interrupted section fails in many ways that need no report.
        if (!run.signal.aborted) {
            record.failure = error instanceof Error ? error.message : String(error);
            say(`failed: ${record.failure}`);
        }
        run.lab.distrust();
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
    record.versions = { ...record.versions, ...(await run.lab.versions()) };
    record.interrupted = run.signal.aborted;
    record.minutes = Number(((performance.now() - began) / MINUTE_MS).toFixed(2));
    // Messages of a section after its time limit are ignored.
    return structuredClone(record);
}

/** Waits for the end of some work, or, after the signal, for the end of its remaining time. */
async function untilAborted(work: Promise<void>, signal: AbortSignal, graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const cut = new Promise<void>((resolve) => {
        const start = (): void => {
            timer = setTimeout(resolve, graceMs);
        };
        if (signal.aborted) start();
        else signal.addEventListener("abort", start, { once: true });
    });
    try {
        await Promise.race([work, cut]);
    } finally {
        clearTimeout(timer);
    }
    work.catch(() => undefined);
}
