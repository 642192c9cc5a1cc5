import { formatFinding } from "../checks/finding";
import { formatJson } from "../doctor/report/json";
import { formatText } from "../doctor/report/text";
import { runDoctor, type DoctorOptions } from "../doctor/index";
import { runningCluster } from "../lab/cluster";
import { CannotLook } from "./preflight/target";
import { UserError } from "./ui/errors";
import { parseOptions } from "./ui/options";
import { runCommand } from "./ui/run";

const USAGE = `npm run doctor -- [--context NAME] [--kubeconfig FILE] [--from deploy/NAME -n NAMESPACE] [--to URL]
                  [--jaeger URL] [--requests NUMBER] [--json]

Sends requests along one path of any Istio mesh and follows their spans into Jaeger: proves that tracing works, or names
the segment that fails, the cause and the cure. Leaves nothing behind.
  --context, --kubeconfig  which cluster; default a running lab of this checkout, else as kubectl does
  --from, -n, --to         which path; default the demo's, or one that is found in the mesh
  --jaeger                 Jaeger's URL, where its Service cannot be asked; https://USER:PASSWORD@HOST/PATH logs in
  --requests               how many requests at most, 10 to 2000; default 200
  --json                   everything that was found and read, for programs
Exit code: 0 healthy, 1 a fault was found, 2 it could not look.`;

if (require.main === module) runCommand(main);

async function main(args: string[]): Promise<number> {
    const { help, json, requests, jaeger, ...given } = parseOptions(args, USAGE, {
        context: { type: "string" },
        kubeconfig: { type: "string" },
        from: { type: "string" },
        namespace: { type: "string", short: "n" },
        to: { type: "string" },
        jaeger: { type: "string" },
        requests: { type: "string", default: "200" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    });
    if (help) {
        console.log(USAGE);
        return 0;
    }
    const count = Number(requests);
    if (!/^\d+$/.test(requests) || count < 10 || count > 2000) {
        throw new UserError(
            `expected --requests to be a whole number from 10 to 2000, got ${JSON.stringify(requests)}`,
            2,
        );
    }
    if (jaeger !== undefined && !/^https?:/.test(URL.parse(jaeger)?.protocol ?? "")) {
        throw new UserError(`expected --jaeger to be a URL such as https://jaeger.example.com, got ${jaeger}`, 2);
    }
    const note = (line: string): void => void process.stderr.write(`${line}\n`);
    const options: DoctorOptions = { ...given, requests: count, jaegerUrl: jaeger, say: note };
    try {
        const diagnosis = await runDoctor(await withLab(options, note));
        console.log(json ? formatJson(diagnosis) : formatText(diagnosis));
        return diagnosis.healthy ? 0 : 1;
    } catch (error) {
        if (error instanceof CannotLook) throw new UserError(formatFinding(error.finding), 2);
        throw error;
    }
}

/** With no cluster named, a running lab of this checkout is meant. */
async function withLab(options: DoctorOptions, note: (line: string) => void): Promise<DoctorOptions> {
    if (options.context !== undefined || options.kubeconfig !== undefined) return options;
    const lab = await runningCluster();
    if (lab === undefined) return options;
    note("looking at the lab of this checkout (another cluster: --context or --kubeconfig)");
    return { ...options, kubeconfig: lab.kubeconfig };
}
