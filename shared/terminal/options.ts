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
    /** See {@link answerLimit}. */
    timeout: { type: "string" },
    help: { type: "boolean", default: false },
} as const satisfies Options;

/**
 * Lines about {@link CLUSTER_OPTIONS} in the usage of a command.
 *
 * @param timeoutSeconds default of `--timeout`.
 */
export const CLUSTER_USAGE = (timeoutSeconds: number): string =>
    `  --stack STACK      stack whose settings apply, and whose cluster the command uses
  --context NAME     context of the kubeconfig, for a stack without kubernetes:context; default: the current one
  --kubeconfig FILE  kubeconfig to use; default: kubernetes:kubeconfig of the stack, otherwise that of kubectl
  --timeout SECONDS  limit for each answer from the cluster, 1 to 600; default ${String(timeoutSeconds)}`;

/**
 * The limit for each answer of the cluster, in seconds; nothing if the user sets none.
 *
 * @throws UserError with exit code 2 if it is not a whole number from 1 to 600.
 */
export function answerLimit(timeout: string | undefined): { timeoutSeconds?: number } {
    if (timeout === undefined) return {};
    if (/^[1-9]\d{0,2}$/.test(timeout) && Number(timeout) <= 600) return { timeoutSeconds: Number(timeout) };
    throw new UserError(
        `expected --timeout to be a whole number of seconds from 1 to 600, got ${JSON.stringify(timeout)}`,
        2,
    );
}

/** What is wrong with `--jaeger` and with the variable JAEGER_LOGIN. */
export function jaegerProblems(jaeger: string | undefined, login: string | undefined): string[] {
    const problems: string[] = [];
    if (jaeger !== undefined && !/^https?:/.test(URL.parse(jaeger)?.protocol ?? ""))
        problems.push(`expected --jaeger to be a URL such as https://jaeger.example.com, got ${jaeger}`);
    if (login !== undefined && !/^[^:]+:/.test(login))
        problems.push("expected JAEGER_LOGIN to be USER:PASSWORD, got a value without a user or a colon");
    return problems;
}

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
