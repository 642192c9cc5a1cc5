import pc from "picocolors";
import { formatFinding, type Severity } from "../checks/finding";
import { runCleanup, type CleanupResult } from "./cleanup/index";
import { answerLimit, CLUSTER_OPTIONS, CLUSTER_USAGE, parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";

const USAGE = `npm run cleanup -- [--stack STACK] [--context NAME] [--kubeconfig FILE] [--dry-run] [--timeout SECONDS] [--json]

Run this command after "pulumi destroy". It removes what istiod wrote into every namespace and, if the setting
istio.keepCrds is false, Istio's CRDs. It refuses as long as this program's Istio exists, and keeps the CRDs as long as
anybody has Istio objects.
${CLUSTER_USAGE(10)}
  --dry-run          show what it would do; before a destroy, show what would prevent the cleanup
  --json             print the result as JSON
Exit code: 0 nothing left to do, 1 refused, 2 could not run.`;

const COLOURS: Record<Severity, (text: string) => string> = { error: pc.red, warning: pc.yellow, info: pc.cyan };

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const {
        help,
        json,
        timeout,
        "dry-run": dryRun,
        ...call
    } = parseOptions(args, USAGE, {
        ...CLUSTER_OPTIONS,
        "dry-run": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
    });
    if (help) {
        console.log(USAGE);
        return 0;
    }
    const result = await runCleanup({ ...call, dryRun, ...answerLimit(timeout) });
    if (json) console.log(JSON.stringify({ removed: result.removed, findings: result.findings }, undefined, 2));
    else for (const line of describe(result, dryRun)) console.log(line);
    return result.exitCode;
}

function describe({ removed, findings, exitCode }: CleanupResult, dryRun: boolean): string[] {
    const verb = dryRun ? "would remove" : "removed";
    const lines = [
        ...findings.map((finding) => `${COLOURS[finding.severity](finding.severity)}: ${formatFinding(finding)}`),
        ...removed.map((name) => `${verb} ${name}`),
    ];
    if (exitCode === 0 && removed.length === 0) lines.push("Nothing to remove.");
    return lines;
}
