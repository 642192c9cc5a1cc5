import { CannotLook } from "./preflight/target";
import { runRepair, type RepairOptions, type RepairResult } from "./repair/index";
import { UserError } from "./ui/errors";
import { CLUSTER_OPTIONS, parseOptions } from "./ui/options";
import { runCommand } from "./ui/run";

const USAGE = `npm run repair -- [--stack STACK] [--context NAME] [--kubeconfig FILE] [--yes] [--abandoned] [--forget RELEASE]

Mends this program's Helm releases that an interrupted run left half way, so that pulumi up goes on.
Without --yes it only says what it would do.
  --abandoned       no helm and no pulumi is at work any more: do not wait until the interrupted operation is old
  --forget RELEASE  let Helm forget istio-base or istiod, whatever its status; its objects stay
Exit code: 0 nothing (more) to repair, 1 something is left to do, 2 no cluster or settings that cannot be used.`;

runCommand(async (args) => {
    const options = parse(args);
    if (options === undefined) {
        console.log(USAGE);
        return 0;
    }
    try {
        const result = await runRepair(options);
        console.log(report(result, options));
        const open = result.repairs.some(({ refused, remove }) => refused || (remove.length > 0 && !options.yes));
        return open ? 1 : 0;
    } catch (error) {
        if (!(error instanceof CannotLook)) throw error;
        const { resource, expected, got, cure } = error.finding;
        throw new UserError(`${resource}: expected ${expected}, got ${got}. ${cure}`, 2);
    }
});

function parse(args: string[]): RepairOptions | undefined {
    const { help, ...options } = parseOptions(args, USAGE, {
        ...CLUSTER_OPTIONS,
        yes: { type: "boolean", default: false },
        abandoned: { type: "boolean", default: false },
        forget: { type: "string", multiple: true, default: [] },
    });
    return help ? undefined : options;
}

function report({ cluster, repairs, removed }: RepairResult, { yes }: RepairOptions): string {
    const lines = repairs.flatMap(({ name, found, effect, remove }) => [
        `${name}: ${found}`,
        ...remove.map(({ secret }) => `  ${yes ? "deleted" : "would delete"} Secret ${secret.name}`),
        `  ${effect}`,
    ]);
    if (repairs.length === 0) lines.push("None of this program's releases is there: nothing to repair.");
    const next = repairs.map((repair) => repair.next).find((command) => command !== undefined);
    if (next !== undefined)
        lines.push(yes ? `Next: ${next}` : "Nothing was written. Do it: the same command with --yes");
    else if (removed.length === 0) lines.push("Nothing was written.");
    return [`Helm releases of this program in ${cluster}`, "", ...lines].join("\n");
}
