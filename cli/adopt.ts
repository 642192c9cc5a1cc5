import { runAdopt } from "./adopt/index";
import type { AdoptResult } from "./adopt/task";
import { UserError } from "../shared/terminal/errors";
import { answerLimit, CLUSTER_OPTIONS, parseOptions, CLUSTER_USAGE } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";

const USAGE = `npm run adopt -- --stack STACK [--undo] [--yes] [--dry-run] [--context NAME] [--kubeconfig FILE]
                 [--config-file FILE] [--timeout SECONDS] [--json]

Lets a stack manage an Istio that is already in the cluster, so that pulumi up adds tracing and changes nothing else.
For Helm, writes the stack's settings and imports the releases into the stack's state. For the Sail operator and AKS, adds
the tracing provider to the Istio resource or the shared ConfigMap. For other installers, prints what to add, and where.
Without --yes, or with --dry-run, it only shows what it would do.
${CLUSTER_USAGE(10)}
  --undo             give the Istio back: its owner's values, or its resource without the provider
  --config-file FILE file that you pass to pulumi up as --config-file
  --json             print the result as JSON
Exit code: 0 done or nothing to do, 1 something is left to do or was refused, 2 could not run.`;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const {
        help,
        json,
        stack,
        timeout,
        yes,
        "dry-run": dryRun,
        "config-file": configFile,
        ...options
    } = parseOptions(args, USAGE, {
        ...CLUSTER_OPTIONS,
        undo: { type: "boolean", default: false },
        yes: { type: "boolean", default: false },
        "dry-run": { type: "boolean", default: false },
        "config-file": { type: "string", file: true },
        json: { type: "boolean", default: false },
    });
    if (help) {
        console.log(USAGE);
        return 0;
    }
    if (stack === undefined) throw new UserError(`expected --stack STACK, got none\n${USAGE}`, 2);
    if (yes && dryRun) throw new UserError("expected --yes or --dry-run, got both", 2);
    const given = { ...options, ...(configFile !== undefined && { configFile }), ...answerLimit(timeout) };
    const result = await runAdopt({ ...given, stack, yes });
    if (json) console.log(JSON.stringify(result, undefined, 2));
    else for (const line of describe(result)) console.log(line);
    return result.state === "done" ? 0 : 1;
}

/** A result for people. */
export function describe({ cluster, mesh, changes, writes, next, state }: AdoptResult): string[] {
    const written = state !== "planned";
    return [
        `${mesh}, in ${cluster}`,
        ...changes.map((change) => `  ${change}`),
        ...writes.map((what) => `  ${written ? "wrote" : "would write"} ${what}`),
        ...(changes.length + writes.length === 0 && state === "done" ? ["  nothing to do"] : []),
        ...(written ? [] : ["Nothing was written. Next: run the same command with --yes"]),
        ...next.map((step, index) => `${index === 0 ? "Next: " : "      "}${step}`),
    ];
}
