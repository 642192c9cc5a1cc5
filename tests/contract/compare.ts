import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXCEPTIONS, type Exception } from "./exceptions";
import { isObject, type Json, type Plan, type Record_ } from "./facts";

/** What was recorded, and by what. */
export interface Recording {
    madeBy: Record<string, string>;
    chapters: Record<string, Record_[]>;
}

export const RECORDING = join(__dirname, "recording.json");

/** One fact on which the two disagree; what one of them does not know is undefined. */
interface Disagreement {
    path: string[];
    cli: Json | undefined;
    engine: Json | undefined;
}

/** Lists of steps and of resources by name, so that each fact has a path of its own. */
function named(value: unknown): unknown {
    if (!Array.isArray(value) || !value.every((part) => isObject(part) && "resource" in part)) return value;
    const seen = new Map<string, number>();
    const entries = (value as { op?: string; resource: string }[]).map(({ op, ...about }) => {
        const key = op === undefined ? about.resource : `${op} ${about.resource}`;
        const count = (seen.get(key) ?? 0) + 1;
        seen.set(key, count);
        return [count === 1 ? key : `${key} (${String(count)})`, about];
    });
    return Object.fromEntries(entries);
}

function facts(given: unknown, path: string[] = [], found = new Map<string, Json>()): Map<string, Json> {
    const value = named(given);
    if (isObject(value)) for (const [key, part] of Object.entries(value)) facts(part, [...path, key], found);
    else if (value !== undefined) found.set(JSON.stringify(path), value as Json);
    return found;
}

export function disagreements(cli: object, engine: object): Disagreement[] {
    const [said, done] = [facts(cli), facts(engine)];
    const paths = new Set([...said.keys(), ...done.keys()]);
    const all = [...paths].map((path) => ({ path, cli: said.get(path), engine: done.get(path) }));
    const differing = all.filter(({ cli: a, engine: b }) => JSON.stringify(a) !== JSON.stringify(b));
    return differing.map((entry) => ({ ...entry, path: JSON.parse(entry.path) as string[] }));
}

const matches = (
    exception: Exception,
    chapter: string,
    situation: string,
    { path, cli, engine }: Disagreement,
): boolean =>
    (exception.chapter === undefined || exception.chapter === chapter) &&
    (exception.situations === undefined || exception.situations.includes(situation)) &&
    exception.path.length === path.length &&
    exception.path.every((key, index) => key === "*" || key === path[index]) &&
    JSON.stringify(exception.cli) === JSON.stringify(cli) &&
    JSON.stringify(exception.engine) === JSON.stringify(engine);

/** Holds the engine to what was recorded. */
export class Comparison {
    private readonly recording = JSON.parse(readFileSync(RECORDING, "utf8")) as Recording;
    private readonly used = new Set<Exception>();

    assertSame(chapter: string, engine: Record_): void {
        const { exitCode, ...result } = this.recorded(chapter, engine.name).result;
        assert.equal(exitCode !== 0, engine.result.failure !== undefined, `the CLI ended with ${String(exitCode)}`);
        this.compare(chapter, { ...this.recorded(chapter, engine.name), result }, engine);
    }

    /** The same for a plan alone. */
    assertSamePlan(chapter: string, name: string, plan: Plan): void {
        this.compare(chapter, { name, plan: this.recorded(chapter, name).plan }, { name, plan });
    }

    private recorded(chapter: string, situation: string): Record_ {
        const found = this.recording.chapters[chapter]?.find(({ name }) => name === situation);
        assert.ok(found, `nothing was recorded of "${situation}": npm run contract`);
        return found;
    }

    private compare(chapter: string, cli: Partial<Record_> & { name: string }, engine: Partial<Record_>): void {
        const open = disagreements(cli, engine).filter((entry) => {
            const exception = EXCEPTIONS.find((known) => matches(known, chapter, cli.name, entry));
            if (exception !== undefined) this.used.add(exception);
            return exception === undefined;
        });
        const lines = open.map(({ path, ...sides }) => `${path.join(" > ")}\n${JSON.stringify(sides)}`);
        assert.equal(lines.length, 0, `the engine is not like the CLI in "${cli.name}":\n${lines.join("\n")}`);
    }

    /** An exception that nothing needs any more has to go. */
    assertAllUsed(): void {
        assert.deepEqual(
            EXCEPTIONS.filter((exception) => !this.used.has(exception)).map(({ why }) => why),
            [],
        );
    }
}
