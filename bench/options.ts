import { UserError } from "../shared/terminal/errors";
import { parseOptions } from "../shared/terminal/options";
import type { Section } from "./section";

/** The options of `npm run bench`. */
export interface BenchOptions {
    sections: Section[];
    repeats: number;
    write: boolean;
    check: boolean;
    real: boolean;
    help: boolean;
}

const DEFAULT_REPEATS = 3;
const MOST_REPEATS = 50;

export function usage(all: readonly Section[]): string {
    const width = Math.max(...all.map(({ name }) => name.length));
    return `npm run bench [-- --only SECTION[,SECTION]...] [--repeats N] [--real] [--write | --check]
  measures this program and its peers in turns in the lab (Linux, root), which it recreates
  --only     sections to run; default: all of these:
${all.map(({ name, title, usualMinutes }) => `               ${name.padEnd(width)}  ${title}, about ${String(usualMinutes)} min`).join("\n")}
  --repeats  number of measurements of each subject, 1 to ${String(MOST_REPEATS)}, limited to 10 minutes per section; default ${String(DEFAULT_REPEATS)}
  --real     build the real Pulumi CLI and provider first, if neither the PATH nor the cache has them (once, about
             17 minutes on two cores); without them its rows say "not measured"
  --write    write docs/benchmarks.md, its plots and its JSON, for you to commit
  --check    compare ratios with those of docs/benchmarks, and exit with 1 if one got worse; writes nothing there
  Ctrl-C ends it and keeps the results so far.`;
}

/**
 * @throws UserError with the usage and exit code 2 for wrong options.
 */
export function parseBenchOptions(args: string[], all: readonly Section[]): BenchOptions {
    const text = usage(all);
    const given = parseOptions(args, text, {
        only: { type: "string", multiple: true, default: [] },
        repeats: { type: "string", default: String(DEFAULT_REPEATS) },
        write: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        real: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    });
    const repeats = Number(given.repeats);
    if (!/^\d+$/.test(given.repeats) || repeats < 1 || repeats > MOST_REPEATS) {
        const got = JSON.stringify(given.repeats);
        throw new UserError(
            `expected --repeats to be a whole number from 1 to ${String(MOST_REPEATS)}, got ${got}\n${text}`,
            2,
        );
    }
    if (given.write && given.check) {
        throw new UserError(
            `expected --write or --check, got both: --write replaces the results that --check compares with\n${text}`,
            2,
        );
    }
    const { write, check, real, help } = given;
    return { sections: pick(given.only, all, text), repeats, write, check, real, help };
}

function pick(only: string[], all: readonly Section[], text: string): Section[] {
    const names = only.flatMap((word) => word.split(","));
    const unknown = names.filter((name) => !all.some((section) => section.name === name));
    if (unknown.length > 0) {
        const known = all.map(({ name }) => name).join(", ");
        const got = unknown.map((name) => JSON.stringify(name)).join(", ");
        throw new UserError(`expected --only to name sections (${known}), got ${got}\n${text}`, 2);
    }
    return all.filter(({ name }) => names.length === 0 || names.includes(name));
}
