import { statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatFinding } from "../checks/finding";
import { renderRbac } from "../doctor/rbac";
import { formatHtml } from "../doctor/report/html";
import { formatJson } from "../doctor/report/json";
import { formatJunit } from "../doctor/report/junit";
import { formatText } from "../doctor/report/text";
import { runDoctor, type DoctorOptions } from "../doctor/index";
import { CannotLook } from "../shared/cluster/target";
import { UserError } from "../shared/terminal/errors";
import { parseOptions } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";
import { labKubeconfig } from "./fromLab/kubeconfig";

const USAGE = `npm run doctor -- [--context NAME] [--kubeconfig FILE] [--from deploy/NAME -n NAMESPACE] [--to URL]
                  [--jaeger URL] [--requests NUMBER] [--probe-pod] [--json] [--junit FILE] [--html FILE]
       npm run doctor -- --print-rbac

Sends requests along one path of any Istio mesh and follows their spans into Jaeger: proves that tracing works, or names
the segment that fails, the cause and the cure. Leaves nothing behind.
  --context, --kubeconfig  which cluster; default a running lab of this checkout, else as kubectl does
  --from, -n, --to         which path; default the demo's, or one that is found in the mesh
  --jaeger                 Jaeger's URL, where the cluster cannot lead to it
  --requests               how many requests at most, 10 to 2000; default 200
  --probe-pod              may start a pod of its own in NAMESPACE where no pod has curl or wget, and removes it
  --json                   everything that was found and read, for programs, in place of the report
  --junit, --html          write a report for a CI, or one page that can be read anywhere, beside it
  --print-rbac             the rights that the doctor needs, for kubectl apply
JAEGER_LOGIN=USER:PASSWORD in the environment logs in to a Jaeger that asks for it.
Exit code: 0 healthy, 1 a fault was found, 2 it could not look.`;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const {
        help,
        json,
        junit,
        html,
        requests,
        jaeger,
        "probe-pod": probePod,
        "print-rbac": printRbac,
        ...given
    } = parseOptions(args, USAGE, {
        context: { type: "string" },
        kubeconfig: { type: "string", file: true },
        from: { type: "string" },
        namespace: { type: "string", short: "n" },
        to: { type: "string" },
        jaeger: { type: "string" },
        requests: { type: "string", default: "200" },
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
    const problems = findProblems({ requests, jaeger, login, files: { junit, html } });
    if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
    const note = (line: string): void => void process.stderr.write(`${line}\n`);
    const options: DoctorOptions = {
        ...given,
        requests: Number(requests),
        jaegerUrl: jaeger,
        jaegerLogin: login,
        probePod,
        say: note,
    };
    try {
        const diagnosis = await runDoctor(await withLab(options, note));
        console.log(json ? formatJson(diagnosis) : formatText(diagnosis));
        if (junit !== undefined) save(junit, formatJunit(diagnosis));
        if (html !== undefined) save(html, formatHtml(diagnosis));
        if (diagnosis.healthy) return 0;
        return diagnosis.findings.some(({ severity }) => severity !== "info") ? 1 : 2;
    } catch (error) {
        if (error instanceof CannotLook) throw new UserError(formatFinding(error.finding), 2);
        throw error;
    }
}

/** What is wrong with the options, before anything is asked or sent. */
function findProblems(given: {
    requests: string;
    jaeger: string | undefined;
    login: string | undefined;
    files: { junit: string | undefined; html: string | undefined };
}): string[] {
    const { requests, jaeger, login, files } = given;
    const problems: string[] = [];
    const count = Number(requests);
    if (!/^\d+$/.test(requests) || count < 10 || count > 2000)
        problems.push(`expected --requests to be a whole number from 10 to 2000, got ${JSON.stringify(requests)}`);
    if (jaeger !== undefined && !/^https?:/.test(URL.parse(jaeger)?.protocol ?? ""))
        problems.push(`expected --jaeger to be a URL such as https://jaeger.example.com, got ${jaeger}`);
    if (login !== undefined && !/^[^:]+:/.test(login))
        problems.push("expected JAEGER_LOGIN to be USER:PASSWORD, got something without a user or a colon");
    for (const [option, file] of Object.entries(files)) {
        if (file === undefined) continue;
        const why = whyNotWritable(file);
        if (why !== undefined) problems.push(`expected --${option} to name a file, got ${file}: ${why}`);
    }
    if (files.html !== undefined && files.junit !== undefined && resolve(files.html) === resolve(files.junit))
        problems.push(`expected two files for --junit and --html, got ${files.html} for both`);
    return problems;
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
        throw new UserError(`expected to write ${file}, got: ${(error as Error).message}. Next: name another file.`, 2);
    }
}

/** With no cluster named, a running lab of this checkout is meant. */
async function withLab(options: DoctorOptions, note: (line: string) => void): Promise<DoctorOptions> {
    if (options.context !== undefined || options.kubeconfig !== undefined) return options;
    const kubeconfig = await labKubeconfig();
    if (kubeconfig === undefined) return options;
    note("looking at the lab of this checkout (another cluster: --context or --kubeconfig)");
    return { ...options, kubeconfig, kubectl: "npm run --silent lab -- exec -- kubectl" };
}
