import { formatFinding } from "../checks/finding";
import { CannotLook } from "../shared/cluster/target";
import { graphOf } from "../shared/jaeger/serviceGraph";
import { UserError } from "../shared/terminal/errors";
import { answerLimit, CLUSTER_OPTIONS, jaegerProblems, parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";
import { labKubeconfig } from "./fromLab/kubeconfig";
import { formatJson, formatMermaid, notesOf } from "./graph/format";
import { readTraces } from "./graph/read";
import { pickTarget, readConfiguration } from "./preflight/configuration";

const USAGE = `npm run graph -- [--stack STACK | --context NAME] [--kubeconfig FILE] [--jaeger URL]
                 [--lookback MINUTESm|HOURSh] [--limit NUMBER] [--timeout SECONDS] [--json]

Prints who calls whom, from the traces in Jaeger: as a Mermaid flowchart, or as JSON. Reads only.
  --stack, --context, --kubeconfig  cluster with the Jaeger; default: a running lab of this checkout, otherwise
                                    kubectl's current context
  --jaeger                          Jaeger's URL. Alone, it needs no cluster, and the sampling rates stay unknown
  --lookback                        maximum age of traces, 1m to 168h; default 1h
  --limit                           number of newest traces to read per service, 1 to 1500; default 200
  --json                            print JSON instead
  --timeout                         limit for each answer from the cluster, 1 to 600; default 10
If Jaeger requires a login, set JAEGER_LOGIN=USER:PASSWORD in the environment.
Exit code: 0 printed, 1 there are no traces, 2 it could not run.`;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const { help, json, stack, overlay, context, kubeconfig, jaeger, lookback, limit, timeout } = parseOptions(
        args,
        USAGE,
        {
            ...CLUSTER_OPTIONS,
            jaeger: { type: "string" },
            lookback: { type: "string", default: "1h" },
            limit: { type: "string", default: "200" },
            json: { type: "boolean", default: false },
        },
    );
    if (help) {
        console.log(USAGE);
        return 0;
    }
    const login = process.env["JAEGER_LOGIN"];
    const problems = findProblems({ jaeger, lookback, limit, login });
    if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
    const wait = answerLimit(timeout);
    const given = { ...(context !== undefined && { context }), ...(kubeconfig !== undefined && { kubeconfig }) };
    const named = stack !== undefined || context !== undefined || kubeconfig !== undefined;
    const lab = named || jaeger !== undefined ? undefined : await labKubeconfig();
    const limits = { limit: Number(limit), lookback };
    const options = {
        ...{ jaegerUrl: jaeger, jaegerLogin: login, limit: limits.limit },
        lookbackMinutes: minutesOf(lookback) ?? 0,
    };
    try {
        const target =
            lab === undefined
                ? pickTarget(readConfiguration({ stack, overlay }).kubernetes, given, stack)
                : { kubeconfig: lab };
        const read = await readTraces(jaeger !== undefined && !named ? undefined : { ...target, ...wait }, options);
        const graph = graphOf(read.traces);
        const notes = notesOf(graph, read, limits);
        console.log(json ? formatJson(graph, read, limits, notes) : formatMermaid(graph, notes));
        if (graph.traces > 0) return 0;
        process.stderr.write(
            `no traces in the last ${lookback}. Next: send requests, read further back with --lookback, or check tracing with npm run doctor\n`,
        );
        return 1;
    } catch (error) {
        if (error instanceof CannotLook) throw new UserError(formatFinding(error.finding), 2);
        throw error;
    }
}

function findProblems(given: {
    jaeger: string | undefined;
    lookback: string;
    limit: string;
    login: string | undefined;
}): string[] {
    const { jaeger, lookback, limit, login } = given;
    const problems: string[] = [];
    problems.push(...jaegerProblems(jaeger, login));
    if (minutesOf(lookback) === undefined)
        problems.push(
            `expected --lookback to be minutes or hours from 1m to 168h, such as 30m, got ${JSON.stringify(lookback)}`,
        );
    if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1500)
        problems.push(`expected --limit to be a whole number from 1 to 1500, got ${JSON.stringify(limit)}`);
    return problems;
}

/** Undefined if it is none, or out of range. */
function minutesOf(lookback: string): number | undefined {
    const [, number, unit] = /^(\d{1,5})([mh])$/.exec(lookback) ?? [];
    const minutes = Number(number) * (unit === "h" ? 60 : 1);
    return minutes >= 1 && minutes <= 168 * 60 ? minutes : undefined;
}
