import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../shared/terminal/errors";
import type { Machine } from "./machine";
import type { Figure, SectionResult } from "./section";

/** The results of one section, and their circumstances. */
export interface SectionRecord extends SectionResult {
    name: string;
    title: string;
    /** ISO time of its start. */
    date: string;
    /** Commit of the checkout; with `+` if files differed from it. */
    commit: string;
    machine: Machine;
    versions: Record<string, string>;
    /** The planned number of measurements of each subject. */
    repeats: number;
    minutes: number;
    /** True if Ctrl-C ended it. It has the results until then. */
    interrupted: boolean;
    /** Why it did not end. */
    failure?: string;
}

/** The results of a run of the benchmark. */
export interface BenchRecord {
    format: typeof FORMAT;
    /** The command that created it. */
    command: string;
    interrupted: boolean;
    sections: SectionRecord[];
}

export const FORMAT = 1;

/**
 * A record of an earlier run.
 *
 * @throws UserError if there is no readable one.
 */
export function readRecord(file: string): BenchRecord {
    const next = 'Next: run "npm run bench -- --write" and commit its output.';
    if (!existsSync(file))
        throw new UserError(`expected the results of an earlier run in ${file}, got no file. ${next}`, 2);
    let record: Partial<BenchRecord>;
    try {
        record = JSON.parse(readFileSync(file, "utf8")) as Partial<BenchRecord>;
    } catch (error) {
        throw new UserError(`expected JSON in ${file}, got: ${(error as Error).message}. ${next}`, 2);
    }
    if (record.format !== FORMAT || !Array.isArray(record.sections)) {
        const got = JSON.stringify(record.format);
        throw new UserError(`expected results of format ${String(FORMAT)} in ${file}, got format ${got}. ${next}`, 2);
    }
    return record as BenchRecord;
}

/**
 * The sections of an earlier run, replaced by those of a new run. Interrupted or failed sections replace nothing.
 *
 * @param order names of all sections, in their order.
 */
export function mergeRecords(earlier: BenchRecord | undefined, now: BenchRecord, order: string[]): BenchRecord {
    const fresh = now.sections.filter(isComplete);
    const names = new Set(fresh.map(({ name }) => name));
    const kept = (earlier?.sections ?? []).filter(({ name }) => !names.has(name) && order.includes(name));
    const sections = [...kept, ...fresh].sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name));
    return { ...now, interrupted: false, sections };
}

export function isComplete({ interrupted, failure }: SectionRecord): boolean {
    return !interrupted && failure === undefined;
}

/** The circumstances of a figure in one line; empty if there are none. */
export function describeConditions({ conditions = {} }: Pick<Figure, "conditions">): string {
    return Object.entries(conditions)
        .map(([name, value]) => (name === "part" ? String(value) : `${name} ${String(value)}`))
        .join(", ");
}
