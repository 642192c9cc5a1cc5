import { statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatFinding } from "../checks/finding";
import { runDoctor, type DoctorOptions } from "../doctor";
import { renderRbac } from "../doctor/rbac";
import { formatHtml } from "../doctor/report/html";
import { formatJson } from "../doctor/report/json";
import { formatJunit } from "../doctor/report/junit";
import { formatText } from "../doctor/report/text";
import { exitCodeOf, type FailOn } from "../doctor/report/verdict";
import { CannotLook } from "../shared/cluster/target";
import { UserError } from "../shared/terminal/errors";
import { parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";
import { approver, terminalOf } from "./doctor/approve";
import { labKubeconfig } from "./fromLab/kubeconfig";

const USAGE = `npm run doctor -- [--context NAME] [--kubeconfig FILE] [--from deploy/NAME -n NAMESPACE] [--to URL] [--yes]
                  [--jaeger URL] [--requests NUMBER] [--timeout SECONDS] [--probe-pod] [--fail-on error|warning]
                  [--json] [--junit FILE] [--html FILE]
       npm run doctor -- --print-rbac

Sends requests along one path of any Istio mesh and follows their spans into Jaeger. Proves that tracing works, or names
the segment that fails, the cause and the cure. Leaves nothing behind.
  --context, --kubeconfig  cluster to examine; default: a running lab of this checkout, otherwise as kubectl
  --from, -n, --to         path to examine; default: the demo's, or one that it finds in the mesh, after confirmation
  --yes                    send requests along a path that it found without confirmation
  --jaeger                 Jaeger's URL, if it cannot be found in the cluster
  --requests               maximum number of requests, 10 to 2000; default 30, in the lab 200
  --timeout                time limit for the whole run in seconds, 10 to 3600; default 300
  --probe-pod              allow it to start and remove its own pod in NAMESPACE if no pod there has curl or wget
  --fail-on                error or warning: lowest severity that results in exit code 1; default error
  --json                   print all findings and evidence as JSON instead of the report
  --junit, --html          also write a JUnit report for a CI, or a self-contained HTML page
  --print-rbac             print the rights that the doctor needs, for kubectl apply
If Jaeger requires a login, set JAEGER_LOGIN=USER:PASSWORD in the environment.
Exit code: 0 healthy, possibly with warnings; 1 an error was found; 2 it could not run, or nothing is proven.`;

/** The default number of requests: enough to prove a path, and little load for the target. */
const REQUESTS = 30;
/** The number of requests in the lab: enough to measure a sampling rate. */
const LAB_REQUESTS = 200;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const {
        help,
        json,
        yes,
        junit,
        html,
        requests,
        timeout,
        jaeger,
        "fail-on": failOn,
        "probe-pod": probePod,
        "print-rbac": printRbac,
        ...given
    } = parseOptions(args, USAGE, {
        context: { type: "string" },
        kubeconfig: { type: "string", file: true },
        from: { type: "string" },
        namespace: { type: "string", short: "n" },
        to: { type: "string" },
        yes: { type: "boolean", default: false },
        jaeger: { type: "string" },
        requests: { type: "string" },
        timeout: { type: "string", default: "300" },
        "fail-on": { type: "string", default: "error" },
        "probe-pod": { type: "boolean", default: false },
        "print-rbac": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        junit: { type: "string", file: true },
        html: { type: "string", file: true },
        help: { type: "boolean", default: false },
    });
    if (help || printRbac) {
        console.log(help ? USAGE : renderRbac());
        return 0;
    }
    const login = process.env["JAEGER_LOGIN"];
    const problems = findProblems({ requests, timeout, failOn, jaeger, login, files: { junit, html } });
    if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
    const note = (line: string): void => void process.stderr.write(`${line}\n`);
    const lab = given.context === undefined && given.kubeconfig === undefined ? await labKubeconfig() : undefined;
    if (lab !== undefined)
        note("examining the lab of this checkout (for another cluster, use --context or --kubeconfig)");
    const named = given.from !== undefined && given.to !== undefined;
    const options: DoctorOptions = {
        ...given,
        ...(lab !== undefined && { kubeconfig: lab, kubectl: "npm run --silent lab -- exec -- kubectl" }),
        requests: requests === undefined ? (lab === undefined ? REQUESTS : LAB_REQUESTS) : Number(requests),
        runSeconds: Number(timeout),
        approve: approver({ yes, named, lab: lab !== undefined }, terminalOf(process.stdin, process.stderr)),
        jaegerUrl: jaeger,
        jaegerLogin: login,
        probePod,
        say: note,
    };
    try {
        const diagnosis = await runDoctor(options);
        const lowest: FailOn = failOn === "warning" ? "warning" : "error";
        console.log(json ? formatJson(diagnosis) : formatText(diagnosis));
        if (junit !== undefined) save(junit, formatJunit(diagnosis, lowest));
        if (html !== undefined) save(html, formatHtml(diagnosis));
        return exitCodeOf(diagnosis, lowest);
    } catch (error) {
        endSoon();
        if (error instanceof CannotLook) throw new UserError(formatFinding(error.finding), 2);
        throw error;
    }
}

/** A connection that never answers would keep the process alive after the report. */
function endSoon(): void {
    setTimeout(() => process.exit(), 500).unref();
}

/** Problems of the options, before anything is read or sent. */
function findProblems(given: {
    requests: string | undefined;
    timeout: string;
    failOn: string;
    jaeger: string | undefined;
    login: string | undefined;
    files: { junit: string | undefined; html: string | undefined };
}): string[] {
    const { requests, timeout, failOn, jaeger, login, files } = given;
    const problems: string[] = [];
    if (requests !== undefined && !isBetween(requests, 10, 2000))
        problems.push(`expected --requests to be a whole number from 10 to 2000, got ${JSON.stringify(requests)}`);
    if (!isBetween(timeout, 10, 3600))
        problems.push(
            `expected --timeout to be a whole number of seconds from 10 to 3600, got ${JSON.stringify(timeout)}`,
        );
    if (!["error", "warning"].includes(failOn))
        problems.push(`expected --fail-on to be error or warning, got ${JSON.stringify(failOn)}`);
    if (jaeger !== undefined && !/^https?:/.test(URL.parse(jaeger)?.protocol ?? ""))
        problems.push(`expected --jaeger to be a URL such as https://jaeger.example.com, got ${jaeger}`);
    if (login !== undefined && !/^[^:]+:/.test(login))
        problems.push("expected JAEGER_LOGIN to be USER:PASSWORD, got a value without a user or a colon");
    for (const [option, file] of Object.entries(files)) {
        if (file === undefined) continue;
        const why = whyNotWritable(file);
        if (why !== undefined) problems.push(`expected --${option} to name a file, got ${file}: ${why}`);
    }
    if (files.html !== undefined && files.junit !== undefined && resolve(files.html) === resolve(files.junit))
        problems.push(`expected different files for --junit and --html, got ${files.html} for both`);
    return problems;
}

function isBetween(text: string, least: number, most: number): boolean {
    return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function whyNotWritable(file: string): string | undefined {
    const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    if (isFolder(resolve(file))) return "it is a folder";
    const folder = dirname(resolve(file));
    return isFolder(folder) ? undefined : `there is no folder ${folder}`;
}

function save(file: string, text: string): void {
    try {
        writeFileSync(file, `${text}\n`);
    } catch (error) {
        throw new UserError(`could not write ${file}: ${(error as Error).message}. Next: name another file.`, 2);
    }
}
