import { SettingsError } from "../components/settings/problems";
import { runPreflight } from "./preflight/index";
import { formatJson, formatReport } from "./preflight/report";
import { answerLimit, CLUSTER_OPTIONS, CLUSTER_USAGE, parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";

// The import of `./preflight` would resolve to this file, not to the folder of the same name.
export { runPreflight, type PreflightOptions, type PreflightResult } from "./preflight/index";

const USAGE = `npm run preflight -- [--stack STACK] [--context NAME] [--kubeconfig FILE] [--timeout SECONDS] [--json]

Checks whether a cluster is suitable for a stack, before pulumi up. Reads only.
${CLUSTER_USAGE(5)}
  --json             print the findings as JSON
Without --stack, the program's default settings apply. If Jaeger uses a database on servers, or Kafka, preflight checks
those servers too, from this machine. To check the logins, set JAEGER_STORAGE_PASSWORD and JAEGER_KAFKA_PASSWORD in the
environment.
Exit code: 0 no error, 1 at least one error, 2 no reachable cluster, or settings that cannot be used.`;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const { help, json, timeout, ...call } = parseOptions(args, USAGE, {
        ...CLUSTER_OPTIONS,
        json: { type: "boolean", default: false },
    });
    if (help) {
        console.log(USAGE);
        return 0;
    }
    try {
        const result = await runPreflight({ ...call, ...answerLimit(timeout) });
        console.log(json ? formatJson(result) : formatReport(result, { ...call, timeout }));
        endSoon(result.exitCode);
        return result.exitCode;
    } catch (error) {
        if (!(error instanceof SettingsError) || !json) throw error;
        const findings = error.problems.map(({ key, expected, got, next, commands = [] }) => ({
            ...{ id: "settings-usable", severity: "error" as const, resource: key, expected, got },
            cure: [next, ...(commands.length === 0 ? [] : [commands.join(" && ")])].join(": "),
        }));
        console.log(formatJson({ findings, skipped: [] }));
        return 2;
    }
}

/** A credential plugin that never answers would keep the process alive after the report. */
function endSoon(exitCode: number): void {
    setTimeout(() => process.exit(exitCode), 500).unref();
}
