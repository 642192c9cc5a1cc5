import { formatFinding } from "../checks/finding";
import type { DoctorOptions } from "../doctor";
import { renderRbac } from "../doctor/rbac";
import type { FailOn } from "../doctor/report/verdict";
import { CannotLook } from "../shared/cluster/target";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";
import { approver, terminalOf } from "./doctor/approve";
import { probeDuring } from "./doctor/during";
import { examineOne, examineSeveral } from "./doctor/examine";
import { findProblems, parseCall, type DoctorCall } from "./doctor/options";
import { watchMesh } from "./doctor/watch";
import { labKubeconfig } from "./fromLab/kubeconfig";

const USAGE = `npm run doctor -- [--context NAME]... [--kubeconfig FILE] [--from deploy/NAME -n NAMESPACE] [--to URL] [--yes]
                  [--jaeger URL] [--requests NUMBER] [--timeout SECONDS] [--probe-pod] [--fail-on error|warning]
                  [--json | --github] [--junit FILE] [--html FILE] [--bundle FILE]
       npm run doctor -- --watch [--interval SECONDS] ...
       npm run doctor -- --during COMMAND [--interval SECONDS] ...
       npm run doctor -- --print-rbac

Sends requests along one path of any Istio mesh and follows their spans into Jaeger. Proves that tracing works, or names
the segment that fails, the cause and the cure. Leaves nothing behind.
  --context, --kubeconfig  cluster to examine; default: a running lab of this checkout, otherwise kubectl's current
                           context. Repeat --context for one report about several clusters
  --from, -n, --to         path to examine; default: the demo's, or one that it finds in the mesh, after confirmation
  --yes                    send requests along a path that it found without confirmation
  --jaeger                 Jaeger's URL, if it cannot be found in the cluster
  --requests               maximum number of requests, 10 to 2000; default 30, in the lab 200; with --during 2000
  --timeout                time limit for the whole run in seconds, 10 to 3600; default 300. With --watch, for each
                           examination; with --during, for the requests, default 3600
  --probe-pod              allow it to start and remove its own pod in NAMESPACE if no pod there has curl or wget
  --fail-on                error or warning: lowest severity that results in exit code 1; default error
  --json                   print all findings and evidence as JSON instead of the report
  --github                 also print the findings as annotations for GitHub Actions
  --junit, --html          also write a JUnit report for CI, or a self-contained HTML page
  --bundle                 also write a .tar.gz with the report and its evidence, without secrets
  --watch                  send one probe in each interval (10 to 3600 s, default 60) and print a line when something
                           changes, until Ctrl-C; the exit code is that of the last state
  --during                 run a shell command, send a request in each interval (0.2 to 60 s, default 1) while it runs,
                           and report which requests and spans were lost; the exit code is the command's if it is not
                           0, otherwise 1 if anything was lost
  --print-rbac             print the rights that the doctor needs, for kubectl apply
If Jaeger requires a login, set JAEGER_LOGIN=USER:PASSWORD in the environment.
Exit code: 0 healthy, possibly with warnings; 1 an error was found; 2 it could not run, or nothing is proven.`;

/** The default number of requests: enough to prove a path, and little load for the target. */
const REQUESTS = 30;
/** The number of requests in the lab: enough to measure a sampling rate. */
const LAB_REQUESTS = 200;
/** Limits of `--during`: a command such as an upgrade can take long. */
const DURING = { requests: 2000, seconds: 3600 };
/** Default of `--timeout`, in seconds. */
const TIMEOUT = 300;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const call = parseCall(args, USAGE);
    if (call.help || call["print-rbac"]) {
        console.log(call.help ? USAGE : renderRbac());
        return 0;
    }
    const login = process.env["JAEGER_LOGIN"];
    const problems = findProblems(call, login);
    if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
    try {
        return await run(call, login);
    } catch (error) {
        endSoon();
        if (error instanceof CannotLook) throw new UserError(formatFinding(error.finding), 2);
        throw error;
    }
}

async function run(call: DoctorCall, login: string | undefined): Promise<number> {
    const { context: contexts = [], kubeconfig, from, namespace, to, json, github, junit, html, bundle } = call;
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const lab = contexts.length === 0 && kubeconfig === undefined ? await labKubeconfig() : undefined;
    if (lab !== undefined)
        say("examining the lab of this checkout (for another cluster, use --context or --kubeconfig)");
    const usual =
        call.during !== undefined ? DURING.requests : lab === undefined || call.watch ? REQUESTS : LAB_REQUESTS;
    const named = from !== undefined && to !== undefined;
    const options: DoctorOptions = {
        ...{ from, namespace, to, kubeconfig, context: contexts[0] },
        ...(lab !== undefined && { kubeconfig: lab, kubectl: "npm run --silent lab -- exec -- kubectl" }),
        requests: call.requests === undefined ? usual : Number(call.requests),
        runSeconds: Number(call.timeout ?? (call.during === undefined ? TIMEOUT : DURING.seconds)),
        approve: approver({ yes: call.yes, named, lab: lab !== undefined }, terminalOf(process.stdin, process.stderr)),
        jaegerUrl: call.jaeger,
        jaegerLogin: login,
        probePod: call["probe-pod"],
        say,
    };
    const failOn: FailOn = call["fail-on"] === "warning" ? "warning" : "error";
    const interval = call.interval === undefined ? {} : { intervalSeconds: Number(call.interval) };
    if (call.during !== undefined) return probeDuring(call.during, options, { json, ...interval });
    if (call.watch) return watchMesh(options, { failOn, json, ...interval }).finally(endSoon);
    const outputs = { json, github, failOn, junit, html, bundle };
    return contexts.length > 1 ? examineSeveral(contexts, options, outputs) : examineOne(options, outputs);
}

/** A connection that never answers, or a watch's last round, would keep the process alive after the report. */
function endSoon(): void {
    setTimeout(() => process.exit(), 500).unref();
}
