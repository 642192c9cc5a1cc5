import { CannotLook } from "../shared/cluster/target";
import { runRepair, type RepairOptions, type RepairResult } from "./repair/index";
import { UserError } from "../shared/terminal/errors";
import { answerLimit, CLUSTER_OPTIONS, parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";

const USAGE = `npm run repair -- [--stack STACK] [--context NAME] [--kubeconfig FILE] [--config-file FILE] [--yes]
                  [--abandoned] [--forget RELEASE] [--releases-only] [--timeout SECONDS]

Repairs what an interrupted pulumi up or pulumi destroy left behind, so that the next run can continue: locks of dead
runs, objects that are missing from the stack's state, and incomplete Helm releases.
Without --yes, it only shows what it would do.
  --stack STACK      stack to repair; without it, only the Helm releases are repaired
  --context NAME     context of the kubeconfig, for a stack without kubernetes:context; default: the current one
  --kubeconfig FILE  kubeconfig to use; default: kubernetes:kubeconfig of the stack, otherwise that of kubectl
  --abandoned        assume that no helm or pulumi process is running, where this cannot be verified
  --config-file FILE file that you pass to pulumi up as --config-file
  --forget RELEASE   make Helm forget istio-base or istiod, regardless of its status; its objects stay
  --releases-only    only repair Helm releases, as if there were no pulumi on the PATH
  --timeout SECONDS  limit for each answer from the cluster, 1 to 600; default 5
Exit code: 0 nothing left to repair, 1 something is left to do, 2 no reachable cluster, or settings that cannot be used.`;

runCommand(async (args) => {
    const options = parse(args);
    if (options === undefined) {
        console.log(USAGE);
        return 0;
    }
    try {
        const result = await runRepair(options);
        console.log(report(result, options));
        return isOpen(result, options) ? 1 : 0;
    } catch (error) {
        if (!(error instanceof CannotLook)) throw error;
        const { resource, expected, got, cure } = error.finding;
        throw new UserError(`${resource}: expected ${expected}, got ${got}. ${cure}`, 2);
    }
});

function parse(args: string[]): RepairOptions | undefined {
    const {
        help,
        "config-file": configFile,
        "releases-only": releasesOnly,
        timeout,
        ...options
    } = parseOptions(args, USAGE, {
        ...CLUSTER_OPTIONS,
        yes: { type: "boolean", default: false },
        abandoned: { type: "boolean", default: false },
        forget: { type: "string", multiple: true, default: [] },
        "config-file": { type: "string", file: true },
        "releases-only": { type: "boolean", default: false },
    });
    return help ? undefined : { ...options, ...answerLimit(timeout), configFile, releasesOnly };
}

function isOpen({ stack, repairs }: RepairResult, { yes }: RepairOptions): boolean {
    const plan = "plan" in stack ? stack.plan : undefined;
    if (plan !== undefined && (plan.refused.length > 0 || (plan.steps.length > 0 && !yes))) return true;
    return repairs.some(({ refused, remove }) => refused || (remove.length > 0 && !yes));
}

function report(result: RepairResult, options: RepairOptions): string {
    const { cluster, stack, repairs } = result;
    const { yes } = options;
    const plan = "plan" in stack ? stack.plan : undefined;
    const blocked = plan?.blocked === true;
    const work = (plan?.steps.length ?? 0) > 0 || repairs.some(({ next }) => next !== undefined);
    const next = repairs.map((repair) => repair.next).find((command) => command !== undefined);
    const lines = [...describeStack(stack, options), "", `Helm releases of this program in ${cluster}`, ""];
    for (const { name, found, effect, remove } of repairs) {
        lines.push(`${name}: ${found}`);
        for (const { secret } of remove) lines.push(`  ${yes ? "deleted" : "would delete"} Secret ${secret.name}`);
        lines.push(`  ${effect}`);
    }
    if (blocked) lines.push("Not examined: see the messages about the stack above.");
    else if (repairs.length === 0) lines.push("No release of this program exists: nothing to repair.");
    if (!work || blocked) lines.push("Nothing was written.");
    else if (yes) lines.push(`Next: ${next ?? "pulumi up, or pulumi destroy"}`);
    else lines.push("Nothing was written. Next: run the same command with --yes");
    return lines.join("\n");
}

function describeStack(stack: RepairResult["stack"], { stack: name, yes }: RepairOptions): string[] {
    if ("skipped" in stack) return [`The stack's state and locks were not examined: ${stack.skipped}.`];
    const { steps, refused } = stack.plan;
    return [
        `Stack ${name ?? ""} in ${stack.backend}`,
        "",
        ...steps.map(({ what, command }) => `  ${yes ? "done" : "would"}: ${what}${command ? ` (${command})` : ""}`),
        ...refused,
        ...(steps.length + refused.length === 0 ? ["  nothing to repair"] : []),
    ];
}
