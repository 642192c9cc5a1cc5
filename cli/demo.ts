import { dirname } from "node:path";
import pc from "picocolors";
import { labSettings, runProgram } from "../lab/program";
import { type ProgramResult } from "../lab/programResult";
import { runDoctor, type Diagnosis } from "../doctor/index";
import { upCluster, type Cluster } from "../lab/cluster";
import { choiceOfEnvironment, choosePulumi, describePulumi, type PulumiChoice } from "../lab/pulumi";
import { reportEvents } from "./demo/events";
import { waitForJoinedTrace, type JoinedTrace } from "./demo/joinedTrace";
import { showDemo } from "./demo/report";
import { runPreflight } from "./preflight";
import { formatFinding } from "../checks/finding";
import { getPath } from "../shared/stacks/settingPaths";
import { loadStackConfig, ownSettings } from "../shared/stacks/stackConfig";
import { UserError } from "../shared/terminal/errors";
import { parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";
import { runSteps } from "../shared/terminal/steps";

const USAGE = `npm run demo [-- --stack STACK] [--limit SECONDS] [--real]
  a real mesh with real traces on this machine (Linux, root)
  --stack   stack whose settings count; default ci
  --limit   seconds after the end of up within which a joined trace must be in Jaeger, 1 to 600; default 60
  --real    run the program by the real Pulumi CLI and Kubernetes provider: those on the PATH, else built from
            their sources (once, about 17 minutes on two cores); default is a pulumi on the PATH, else the lab's engine`;

/**
 * Seconds for each answer, and for spans that are late: nobody knows how busy this machine is. What is there is not
 * waited for, and an API server that is not refuses at once.
 */
const PATIENCE_SECONDS = 60;

/** Enough to show that none gets lost, in a moment. */
const DOCTOR_REQUESTS = 50;

runCommand(async (args) => {
    const { stack, limitSeconds, choice, help } = parse(args);
    if (help) {
        console.log(USAGE);
        return 0;
    }
    refuseWithoutDemo(stack);
    let cluster: Cluster | undefined;
    let program: ProgramResult | undefined;
    let trace: JoinedTrace | undefined;
    let diagnosis: Diagnosis | undefined;
    let upStarted = 0;
    let upBegan = 0;
    const lab = (): Cluster => {
        if (cluster === undefined) throw new Error("the node is up before this step");
        return cluster;
    };
    const namespace = (): string => getPath(labSettings(stack, lab()), "demo.namespace") ?? "demo";
    const timings = await runSteps([
        {
            name: "Pulumi that runs the program",
            run: async (report) => {
                const pulumi = await choosePulumi(choice, report);
                report(pulumi === undefined ? "the lab's own engine" : describePulumi(pulumi));
            },
        },
        {
            name: "Kubernetes node with every image",
            run: async (report) => {
                cluster = await upCluster(report);
            },
        },
        { name: "Preflight: is the cluster fit", run: async (report) => preflight(lab(), stack, report) },
        {
            name: `pulumi up of the stack ${stack}`,
            run: async (report) => {
                upStarted = performance.now();
                upBegan = Date.now();
                program = await runProgram({
                    operation: "up",
                    stack,
                    cluster: lab(),
                    pulumi: choice,
                    report: reportEvents(report),
                });
                if (program.failed !== undefined) throw new UserError(failure(program.failed, lab()));
            },
        },
        {
            name: "First joined trace in Jaeger",
            run: async (report) => {
                const services = { caller: `frontend.${namespace()}`, callee: `backend.${namespace()}` };
                trace = await waitForJoinedTrace(lab(), services, upBegan, limitSeconds, report);
                if (trace.problem !== undefined) throw new UserError(failure(trace.problem, lab()));
            },
        },
        {
            name: "Doctor: every segment of a span's way",
            run: async (report) => {
                diagnosis = await examine(lab(), report);
            },
        },
    ]);
    if (program === undefined || trace === undefined) throw new Error("every step has run");
    const traceSeconds = (trace.foundAt - upStarted) / 1000;
    for (const line of await showDemo({
        cluster: lab(),
        stack,
        namespace: namespace(),
        program,
        trace,
        timings,
        traceSeconds,
        diagnosis,
    }))
        console.log(line);
    return 0;
});

interface DemoArguments {
    stack: string;
    limitSeconds: number;
    choice: PulumiChoice;
    help: boolean;
}

function parse(args: string[]): DemoArguments {
    const { stack, limit, real, help } = parseOptions(args, USAGE, {
        stack: { type: "string", default: "ci" },
        limit: { type: "string", default: "60" },
        real: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    });
    const limitSeconds = Number(limit);
    if (!/^\d+$/.test(limit) || limitSeconds < 1 || limitSeconds > 600) {
        const got = JSON.stringify(limit);
        throw new UserError(`expected --limit to be a whole number of seconds from 1 to 600, got ${got}\n${USAGE}`, 2);
    }
    return { stack, limitSeconds, choice: real ? "real" : choiceOfEnvironment(), help };
}

/** Before anything is built: a stack that could never show a trace. */
function refuseWithoutDemo(stack: string): void {
    const settings = ownSettings(loadStackConfig(dirname(__dirname), stack));
    for (const setting of ["demo.deploy", "jaeger.deploy"]) {
        if (getPath(settings, setting) !== "false") continue;
        throw new UserError(
            `expected a stack with ${setting}, got ${stack}, which sets it to false; take --stack ci, or run that stack in ` +
                `the lab: npm run lab -- up && npm run lab -- pulumi up --stack ${stack}`,
            2,
        );
    }
}

async function preflight(cluster: Cluster, stack: string, report: (line: string) => void): Promise<void> {
    const { findings } = await runPreflight({
        kubeconfig: cluster.kubeconfig,
        raw: labSettings(stack, cluster),
        timeoutSeconds: PATIENCE_SECONDS,
    });
    for (const finding of findings) report(`${finding.severity}: ${formatFinding(finding)}`);
    const errors = findings.filter((finding) => finding.severity === "error");
    if (errors.length > 0) throw new UserError(failure(errors.map(formatFinding).join("\n"), cluster));
}

async function examine(cluster: Cluster, report: (line: string) => void): Promise<Diagnosis> {
    const diagnosis = await runDoctor({
        kubeconfig: cluster.kubeconfig,
        requests: DOCTOR_REQUESTS,
        timeoutSeconds: PATIENCE_SECONDS,
        patienceSeconds: PATIENCE_SECONDS,
        say: report,
    });
    if (!diagnosis.healthy) throw new UserError(failure(diagnosis.findings.map(formatFinding).join("\n"), cluster));
    return diagnosis;
}

function failure(reason: string, cluster: Cluster): string {
    return (
        `${reason}\n${pc.bold("logs:")} ${cluster.identity.stateDir}/logs\n` +
        `${pc.bold("look:")} npm run lab -- exec -- kubectl get pods -A\n` +
        `${pc.bold("next:")} mend it and run "npm run demo" again, or remove everything with "npm run demo:down"`
    );
}
