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
import { showViewer } from "./demo/viewer";
import { runPreflight } from "./preflight";
import { formatFinding } from "../checks/finding";
import { DEMO_FIELDS } from "../components/settings/demoFields";
import { getPath } from "../shared/stacks/settingPaths";
import { loadStackConfig, ownSettings } from "../shared/stacks/stackConfig";
import { UserError } from "../shared/terminal/errors";
import { parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";
import { runSteps } from "../shared/terminal/steps";

const USAGE = `npm run demo [-- --stack STACK] [--scenario SCENARIO] [--limit SECONDS] [--real] [--no-viewer]
  starts a real mesh with real traces on this machine (Linux, root)
  --stack   stack whose settings apply; default ci
  --scenario  the setting demo.scenario: basic, orders (a third service) or faults (which is sometimes slow, or
            fails), with demo.traceContext client; default: the settings of the stack
  --limit   time limit for a joined trace in Jaeger after the end of up, in seconds, 1 to 600; default 60
  --real    run the program with the real Pulumi CLI and Kubernetes provider: those on the PATH, or built from
            their sources (once, about 17 minutes on two cores); default: a pulumi on the PATH, or the lab's engine
  --no-viewer  end without the page for traces (Zipkin), which the first run downloads after the trace is printed`;

/**
 * Time limit for each answer and for late spans, in seconds. It is long because this machine may be busy. It delays
 * nothing that is available, and a missing API server refuses the connection at once.
 */
const PATIENCE_SECONDS = 60;

const SCENARIOS: string[] = DEMO_FIELDS["demo.scenario"].schema.options;

/** Enough requests to show in a moment that none gets lost. */
const DOCTOR_REQUESTS = 50;

runCommand(async (args) => {
    const { stack, overrides, limitSeconds, choice, viewer, help } = parse(args);
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
        if (cluster === undefined) throw new Error("expected the node to be up before this step");
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
        {
            name: "Preflight: is the cluster ready for the program",
            run: async (report) => preflight(lab(), stack, report),
        },
        {
            name: `pulumi up of the stack ${stack}`,
            run: async (report) => {
                upStarted = performance.now();
                upBegan = Date.now();
                program = await runProgram({
                    operation: "up",
                    stack,
                    cluster: lab(),
                    overrides,
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
    if (program === undefined || trace === undefined) throw new Error("expected every step to have run");
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
    if (viewer) await showViewer(lab(), trace.trace);
    return 0;
});

interface DemoArguments {
    stack: string;
    /** Settings over those of the stack. */
    overrides: Record<string, string>;
    limitSeconds: number;
    choice: PulumiChoice;
    viewer: boolean;
    help: boolean;
}

function parse(args: string[]): DemoArguments {
    const {
        stack,
        scenario,
        limit,
        real,
        help,
        "no-viewer": noViewer,
    } = parseOptions(args, USAGE, {
        stack: { type: "string", default: "ci" },
        scenario: { type: "string" },
        limit: { type: "string", default: "60" },
        real: { type: "boolean", default: false },
        "no-viewer": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    });
    const limitSeconds = Number(limit);
    if (!/^\d+$/.test(limit) || limitSeconds < 1 || limitSeconds > 600) {
        const got = JSON.stringify(limit);
        throw new UserError(`expected --limit to be a whole number of seconds from 1 to 600, got ${got}\n${USAGE}`, 2);
    }
    if (scenario !== undefined && !SCENARIOS.includes(scenario)) {
        const expected = SCENARIOS.join(", ");
        throw new UserError(
            `expected --scenario to be one of ${expected}, got ${JSON.stringify(scenario)}\n${USAGE}`,
            2,
        );
    }
    // Only with a context from the frontend are its requests to both services one trace.
    const overrides: Record<string, string> =
        scenario === undefined ? {} : { "demo.scenario": scenario, "demo.traceContext": "client" };
    return { stack, overrides, limitSeconds, choice: real ? "real" : choiceOfEnvironment(), viewer: !noViewer, help };
}

/** Rejects, before anything is built, a stack that could never show a trace. */
function refuseWithoutDemo(stack: string): void {
    const settings = ownSettings(loadStackConfig(dirname(__dirname), stack));
    for (const setting of ["demo.deploy", "jaeger.deploy"]) {
        if (getPath(settings, setting) !== "false") continue;
        throw new UserError(
            `expected a stack with ${setting}, got ${stack}, which sets it to false. Use --stack ci, or run that stack in ` +
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
        `${pc.bold("inspect:")} npm run lab -- exec -- kubectl get pods -A\n` +
        `${pc.bold("next:")} fix the problem and run "npm run demo" again, or remove everything with "npm run demo:down"`
    );
}
