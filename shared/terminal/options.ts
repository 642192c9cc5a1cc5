import { parseArgs, type ParseArgsConfig } from "node:util";
import { callerPath } from "./callerPath";
import { UserError } from "./errors";

/** Options of a command. Options marked as files are resolved with `callerPath`. */
type Options = Record<string, NonNullable<ParseArgsConfig["options"]>[string] & { file?: true }>;

/** Options of every command that uses a cluster. */
export const CLUSTER_OPTIONS = {
    stack: { type: "string" },
    context: { type: "string" },
    kubeconfig: { type: "string", file: true },
    /** File with a `config:` block that overrides the stack's. */
    overlay: { type: "string", file: true },
    help: { type: "boolean", default: false },
} as const satisfies Options;

/**
 * The values of a command's options.
 *
 * @throws UserError with the usage and exit code 2 for an unknown option or argument.
 */
export function parseOptions<const T extends Options>(args: string[], usage: string, options: T) {
    return parse(args, usage, options, false).values;
}

/** The same for a command with further arguments, such as names of files. */
export function parseOptionsAndWords<const T extends Options>(args: string[], usage: string, options: T) {
    const { values, positionals } = parse(args, usage, options, true);
    return { ...values, words: positionals };
}

function parse<const T extends Options>(args: string[], usage: string, options: T, allowPositionals: boolean) {
    try {
        const parsed = parseArgs({ args, options, allowPositionals });
        const values = parsed.values as Record<string, unknown>;
        for (const [name, { file }] of Object.entries(options)) {
            const value = values[name];
            if (file === true && typeof value === "string") values[name] = callerPath(value);
        }
        return parsed;
    } catch (error) {
        throw new UserError(`${(error as Error).message}\n${usage}`, 2);
    }
}
