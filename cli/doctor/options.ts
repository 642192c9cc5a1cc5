import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "../../shared/terminal/errors";
import { jaegerProblems, parseOptions } from "../../shared/terminal/options";

/** The options of the command as they were given, with defaults. */
export type DoctorCall = ReturnType<typeof parseCall>;

/** Parses the options; problems of single values are found by {@link findProblems}. */
export function parseCall(args: string[], usage: string) {
    return parseOptions(args, usage, {
        context: { type: "string", multiple: true },
        kubeconfig: { type: "string", file: true },
        from: { type: "string" },
        namespace: { type: "string", short: "n" },
        to: { type: "string" },
        yes: { type: "boolean", default: false },
        jaeger: { type: "string" },
        requests: { type: "string" },
        timeout: { type: "string" },
        "fail-on": { type: "string", default: "error" },
        "probe-pod": { type: "boolean", default: false },
        "print-rbac": { type: "boolean", default: false },
        watch: { type: "boolean", default: false },
        during: { type: "string" },
        interval: { type: "string" },
        json: { type: "boolean", default: false },
        github: { type: "boolean", default: false },
        junit: { type: "string", file: true },
        html: { type: "string", file: true },
        bundle: { type: "string", file: true },
        help: { type: "boolean", default: false },
    });
}

/** Problems of the options, before anything is read or sent. */
export function findProblems(call: DoctorCall, login: string | undefined): string[] {
    const { requests, timeout, jaeger, interval, during, watch, context = [] } = call;
    const problems: string[] = [];
    if (requests !== undefined && !isBetween(requests, 10, 2000))
        problems.push(`expected --requests to be a whole number from 10 to 2000, got ${JSON.stringify(requests)}`);
    if (timeout !== undefined && !isBetween(timeout, 10, 3600))
        problems.push(
            `expected --timeout to be a whole number of seconds from 10 to 3600, got ${JSON.stringify(timeout)}`,
        );
    if (!["error", "warning"].includes(call["fail-on"]))
        problems.push(`expected --fail-on to be error or warning, got ${JSON.stringify(call["fail-on"])}`);
    problems.push(...jaegerProblems(jaeger, login));
    if (interval !== undefined && during !== undefined && !(isNumber(interval) && isWithin(interval, 0.2, 60)))
        problems.push(
            `expected --interval to be a number of seconds from 0.2 to 60 with --during, got ${JSON.stringify(interval)}`,
        );
    if (interval !== undefined && during === undefined && watch && !isBetween(interval, 10, 3600))
        problems.push(
            `expected --interval to be a whole number of seconds from 10 to 3600 with --watch, got ${JSON.stringify(interval)}`,
        );
    if (interval !== undefined && during === undefined && !watch)
        problems.push("expected --interval together with --watch or --during, got it alone");
    if (during?.trim() === "") problems.push("expected --during to be a command, got an empty text");
    const repeated = context.filter((name, index) => context.indexOf(name) !== index);
    if (repeated.length > 0)
        problems.push(`expected each --context once, got ${[...new Set(repeated)].join(", ")} several times`);
    return [...problems, ...contradictions(call), ...findFileProblems(call)];
}

/** Options that cannot be used together. */
function contradictions(call: DoctorCall): string[] {
    const { watch, during, json, github, context = [] } = call;
    const given: [option: string, is: boolean][] = [
        ["--during", during !== undefined],
        ["several --context", context.length > 1],
        ["--github", github],
        ["--junit", call.junit !== undefined],
        ["--html", call.html !== undefined],
        ["--bundle", call.bundle !== undefined],
        ["--probe-pod", call["probe-pod"]],
        ["--requests", call.requests !== undefined],
    ];
    const both = (mode: string, allowed: string[], why: string): string[] => {
        const others = given.filter(([option, is]) => is && option !== mode && !allowed.includes(option));
        const names = others.map(([option]) => option).join(", ");
        return names === "" ? [] : [`expected ${mode} without ${names}, got both: ${why}`];
    };
    return [
        ...(watch
            ? both("--watch", ["--requests"], "it prints lines until it is ended, from one cluster and an existing pod")
            : []),
        ...(during !== undefined && !watch
            ? both("--during", ["--requests"], "it has its own report, about one cluster, from an existing pod")
            : []),
        ...(json && github ? ["expected --json or --github, got both: each prints to the standard output"] : []),
        ...(call.bundle !== undefined && context.length > 1
            ? ["expected --bundle with one --context, got several: write a bundle for each cluster"]
            : []),
    ];
}

function findFileProblems({ junit, html, bundle }: DoctorCall): string[] {
    const files = Object.entries({ junit, html, bundle }).flatMap(([option, file]) =>
        file === undefined ? [] : [{ option, file }],
    );
    const unusable = files.flatMap(({ option, file }) => {
        const why = whyNotWritable(file);
        return why === undefined ? [] : [`expected --${option} to name a file, got ${file}: ${why}`];
    });
    const same = files.flatMap(({ option, file }, index) =>
        files
            .slice(0, index)
            .filter((other) => resolve(other.file) === resolve(file))
            .map((other) => `expected different files for --${other.option} and --${option}, got ${file} for both`),
    );
    if (bundle !== undefined && !/\.(tar\.gz|tgz)$/.test(bundle))
        unusable.push(`expected --bundle to name a file that ends with .tar.gz, got ${bundle}`);
    if (bundle !== undefined && existsSync(bundle) && !isFolder(bundle))
        unusable.push(`expected --bundle to name a new file, got ${bundle}, which exists: name another one`);
    return [...unusable, ...same];
}

function isBetween(text: string, least: number, most: number): boolean {
    return /^\d+$/.test(text) && isWithin(text, least, most);
}

function isNumber(text: string): boolean {
    return /^\d+(\.\d+)?$/.test(text);
}

function isWithin(text: string, least: number, most: number): boolean {
    return Number(text) >= least && Number(text) <= most;
}

function isFolder(path: string): boolean {
    return statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory() === true;
}

function whyNotWritable(file: string): string | undefined {
    if (isFolder(file)) return "it is a folder";
    const folder = dirname(resolve(file));
    return isFolder(folder) ? undefined : `there is no folder ${folder}`;
}

/**
 * Writes a report.
 *
 * @param isNew refuses to overwrite a file that appeared in the meantime.
 * @throws UserError with exit code 2 if it cannot.
 */
export function save(file: string, content: string | Buffer, isNew = false): void {
    try {
        writeFileSync(file, content, { flag: isNew ? "wx" : "w" });
    } catch (error) {
        throw new UserError(`could not write ${file}: ${(error as Error).message}. Next: name another file.`, 2);
    }
}
