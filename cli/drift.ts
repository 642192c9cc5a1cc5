import { formatDrift } from "../checks/cluster/drift";
import { findDrift } from "./drift/index";
import { UserError } from "../shared/terminal/errors";
import { answerLimit, CLUSTER_OPTIONS, CLUSTER_USAGE, parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";

const USAGE = `npm run drift -- --stack STACK [--context NAME] [--kubeconfig FILE] [--timeout SECONDS] [--json]

Compares a stack with its cluster, including the objects in Helm releases, and lists every field that somebody else
changed. Reads only.
${CLUSTER_USAGE(10)}
  --json             print the differences as JSON
Exit code: 0 no drift, 1 drift, 2 could not run.`;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const { help, json, stack, timeout, ...target } = parseOptions(args, USAGE, {
        ...CLUSTER_OPTIONS,
        json: { type: "boolean", default: false },
    });
    if (help) {
        console.log(USAGE);
        return 0;
    }
    if (stack === undefined) throw new UserError(`expected --stack STACK, got none\n${USAGE}`, 2);
    const { drifts, objects } = await findDrift({ stack, ...target, ...answerLimit(timeout) });
    if (json) console.log(JSON.stringify({ drifts }, undefined, 2));
    else {
        for (const drift of drifts) console.log(formatDrift(drift));
        const next =
            drifts.length === 0
                ? "no drift."
                : `${String(drifts.length)} fields drifted. Next: see "Drift" in docs/operations.md.`;
        console.log(`${String(objects)} objects compared: ${next}`);
    }
    return drifts.length === 0 ? 0 : 1;
}
