import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import pc from "picocolors";
import { replaceFile } from "../shared/stacks/replaceFile";
import { stackFile } from "../shared/stacks/stackConfig";
import { UserError } from "../shared/terminal/errors";
import { parseOptionsAndWords } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";
import { redact } from "../shared/values/redact";
import { difference } from "./settings/difference";
import { migrate, type Migration } from "./settings/migrate";

const USAGE = `npm run settings -- migrate --stack STACK [--config-file FILE] [--yes]

Moves the settings in Pulumi.STACK.yaml from the keys that they had before they were grouped, such as istioVersion, to
their places, such as istio.version. Keeps comments and encrypted values.
Shows what would change; --yes writes it.
Exit code: 0 done or nothing to do, 1 a key has to be moved by hand, 2 the file cannot be read.`;

const PROJECT_DIR = join(__dirname, "..");

if (require.main === module) runCommand((args) => Promise.resolve(args).then(main));

function main(args: string[]): number {
    const { help, stack, yes, words, ...options } = parseOptionsAndWords(args, USAGE, {
        stack: { type: "string" },
        "config-file": { type: "string", file: true },
        yes: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    });
    if (help) {
        console.log(USAGE);
        return 0;
    }
    if (words.join(" ") !== "migrate" || (stack === undefined && options["config-file"] === undefined)) {
        throw new UserError(`expected migrate and --stack STACK, got ${JSON.stringify(args.join(" "))}\n${USAGE}`, 2);
    }
    return migrateFile(options["config-file"] ?? stackFile(PROJECT_DIR, stack ?? ""), yes);
}

function migrateFile(file: string, yes: boolean): number {
    if (!existsSync(file)) throw new UserError(`${file}: expected a file, got none of that name`, 2);
    const before = readFileSync(file, "utf8");
    const migration = migrate(before, basename(file));
    if (migration.moved.length > 0 && yes) replaceFile(file, before, migration.text);
    for (const line of describe(file, before, migration, yes)) console.log(line);
    return migration.kept.length > 0 ? 1 : 0;
}

function describe(file: string, before: string, { text, moved, kept }: Migration, yes: boolean): string[] {
    const colour = (line: string): string =>
        line.startsWith("+ ") ? pc.green(line) : line.startsWith("- ") ? pc.red(line) : line;
    const name = basename(file);
    const done = yes ? `${name} is written.` : `Nothing is written yet; to write it, run this again with --yes.`;
    return [
        ...(moved.length > 0 ? difference(before, text).map((line) => colour(redact(line))) : []),
        ...kept.map(({ key, reason }) => `${pc.yellow("left as it is")}: ${key}: ${reason}.`),
        moved.length === 0
            ? `${name}: no setting to move.`
            : `${moved.map(({ from, to }) => `${from} is now ${to}`).join(", ")}. ${done}`,
    ];
}
