import { delimiter, join } from "node:path";
import type { Cluster } from "../../lab/cluster";
import { ensureIstioctl } from "../../lab/images/istioctl";
import type { Pulumi } from "../../lab/pulumi";
import { measure } from "../command";
import { oursEmbedded, oursReal, plainReal, type StackRunner } from "../projects";
import type { Way } from "./trial";
import { JAEGER_PORTS } from "../../shared/names/ports";

const MANIFESTS = join(__dirname, "..", "peers", "istioctl");
export const ISTIOCTL = "istioctl, sample Jaeger, kubectl";

const OURS_QUERY = { service: `jaeger-query:${String(JAEGER_PORTS.queryHttp)}`, basePath: "" };
/** The tutorial's Service has both the port for spans and that of the page. */
const PLAIN_QUERY = { service: `jaeger-collector:${String(JAEGER_PORTS.queryHttp)}`, basePath: "" };
/** Istio's sample names the port 80 and serves below /jaeger. */
const SAMPLE_QUERY = { service: "tracing:80", basePath: "/jaeger" };

/** Every way that can be measured here. */
export function ways(pulumi: Pulumi | undefined): Way[] {
    const byStack = (runner: StackRunner, query: Way["query"]): Way => ({
        subject: runner.subject,
        query,
        prepare: runner.prepare,
        install: (cluster, signal) => runner.run(cluster, "up", { signal, skipPreview: true }),
    });
    return [
        ...(pulumi === undefined ? [] : [byStack(oursReal(pulumi), OURS_QUERY)]),
        byStack(oursEmbedded(), OURS_QUERY),
        { subject: ISTIOCTL, query: SAMPLE_QUERY, prepare: buildIstioctl, install: byIstioctl },
        ...(pulumi === undefined ? [] : [byStack(plainReal(pulumi), PLAIN_QUERY)]),
    ];
}

async function buildIstioctl(): Promise<void> {
    await ensureIstioctl(() => undefined);
}

/** What Istio's documentation says for Jaeger, one command after the other. */
async function byIstioctl({ artifacts, kubeconfig }: Cluster, signal: AbortSignal): Promise<void> {
    const env = {
        ...process.env,
        KUBECONFIG: kubeconfig,
        PATH: `${artifacts.binDir}${delimiter}${process.env["PATH"] ?? ""}`,
    };
    const run = (folder: string, program: string, ...args: string[]) =>
        measure({ program: join(folder, program), args, env, signal });
    const istioctlFolder = await ensureIstioctl(() => undefined);
    await run(istioctlFolder, "istioctl", "install", "-y", "-f", join(MANIFESTS, "istio.yaml"));
    for (const file of ["telemetry", "sampleJaeger", "apps"])
        await run(artifacts.binDir, "kubectl", "apply", "-f", join(MANIFESTS, `${file}.yaml`));
}
