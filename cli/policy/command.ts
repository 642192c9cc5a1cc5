import { join } from "node:path";
import { stackNames } from "../../shared/stacks/stackConfig";
import { UserError } from "../../shared/terminal/errors";
import { parseOptionsAndWords } from "../../shared/terminal/options";
import { judgeFiles, judgeStack, type Judgement, type PolicyOptions, type Unjudged } from "./index";
import { formatJunit } from "./junit";
import { describeUnjudged, formatJson, formatText, isRefused } from "./report";

const PROJECT_DIR = join(__dirname, "..", "..");
const USAGE = `npm run policy [-- --stack STACK | FILE…] [--environment dev|ci|prod] [--config FILE] [--fetch-charts]
               [--json | --junit]

Checks stacks of this project, or plain Kubernetes manifests, against the rules of docs/policies.md. Needs no cluster
and no Pulumi CLI, and writes nothing.
  --stack         stack to check, repeatable; default without files: every stack
  FILE…           manifests as YAML or JSON, checked together; - is standard input; a file that valueFiles of an
                  Application names is read as values
  --environment   environment of the stack or the manifests; default: from the stack's name, and prod for files
  --config        levels and options of rules, in the format of pulumi preview --policy-pack-config
  --fetch-charts  let helm download charts that are not on this machine, to check what they render
Exit code: 0 no error, 1 at least one error, 2 could not check everything.`;

/**
 * The output of `npm run policy`, and its exit code.
 *
 * @param projectDir folder of the stacks' files. @default the folder of this project
 * @throws UserError with exit code 2 if it could not run.
 */
export async function policyCommand(
    args: string[],
    projectDir = PROJECT_DIR,
): Promise<{ output: string; exitCode: number }> {
    const { help, words, stack, json, junit, ...rest } = parseOptionsAndWords(args, USAGE, {
        stack: { type: "string", multiple: true, default: [] },
        environment: { type: "string" },
        config: { type: "string", file: true },
        "fetch-charts": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        junit: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    });
    if (help) return { output: USAGE, exitCode: 0 };
    if (json && junit) throw new UserError(`expected --json or --junit, got both\n${USAGE}`, 2);
    if (stack.length > 0 && words.length > 0) throw new UserError(`expected stacks or files, got both\n${USAGE}`, 2);
    const { "fetch-charts": fetchCharts, ...given } = rest;
    const { judgements, unjudged } = await judgeAll(projectDir, stack, words, { ...given, fetchCharts });
    if (judgements.length === 0 && unjudged.length > 0)
        throw new UserError(unjudged.map(describeUnjudged).join("\n"), 2);
    const output = (json ? formatJson : junit ? formatJunit : formatText)(judgements, unjudged);
    return { output, exitCode: unjudged.length > 0 ? 2 : judgements.some(isRefused) ? 1 : 0 };
}

async function judgeAll(
    projectDir: string,
    stacks: string[],
    files: string[],
    options: PolicyOptions,
): Promise<{ judgements: Judgement[]; unjudged: Unjudged[] }> {
    if (files.length > 0) return { judgements: [judgeFiles(files, options)], unjudged: [] };
    const judgements: Judgement[] = [];
    const unjudged: Unjudged[] = [];
    // One after the other, because a run of the program affects the whole process.
    for (const stack of stacks.length > 0 ? stacks : stackNames(projectDir)) {
        try {
            judgements.push(await judgeStack(projectDir, stack, options));
        } catch (error) {
            if (!isUsersMistake(error)) throw error;
            unjudged.push({ subject: `stack ${stack}`, reason: error.message });
        }
    }
    return { judgements, unjudged };
}

/** Compares the name: an import of the class would load Pulumi even for files. */
function isUsersMistake(error: unknown): error is Error {
    return error instanceof UserError || (error instanceof Error && error.name === "SettingsError");
}
