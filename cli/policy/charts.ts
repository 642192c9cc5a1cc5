import { onPath } from "../../shared/terminal/onPath";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { mapAt, textAt } from "../../shared/values/plainObjects";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { ENCRYPTED } from "../cluster/encryptedSecrets";
import { withChart } from "../../shared/helm/chart";
import { labCharts } from "../fromLab/charts";
import { parseManifests } from "./manifests";

/** The objects of a Release's chart, or why there are none. */
export type Rendered = { objects: Manifest[] } | { reason: string };

/** The programs that render charts. */
export interface Renderer {
    helm: string | undefined;
    /** Charts that the lab has built, and their version of Istio. */
    charts: { folder: string; version: string } | undefined;
    /** Whether Helm may download a chart from its repository. */
    fetch: boolean;
}

/** Variable of the environment with the password that stands encrypted in the stack's file. */
const PASSWORD = "ISTIO_CHART_PASSWORD";

const LIMIT_MS = 20_000;

/** Helm on the PATH, otherwise the one in the lab's cache. */
export function findRenderer(fetch: boolean): Renderer {
    const cached = labCharts();
    return {
        helm: onPath("helm") ?? (cached === undefined ? undefined : join(cached.binDir, "helm")),
        charts: cached === undefined ? undefined : { folder: cached.chartsDir, version: cached.istioVersion },
        fetch,
    };
}

/** Renders the chart of a Release as Helm would, without a cluster. */
export async function renderRelease(release: Manifest, renderer: Renderer): Promise<Rendered> {
    const spec = mapAt(release, "spec");
    const { helm } = renderer;
    if (helm === undefined) return { reason: "no helm on the PATH" };
    const source = sourceOf(spec, renderer);
    if ("reason" in source) return source;
    const namespace = textAt(spec, "namespace");
    const where = namespace === undefined ? [] : ["--namespace", namespace];
    const run = async (args: string[], input?: string): Promise<string> => {
        const running = promisify(execFile)(helm, args, { timeout: LIMIT_MS, maxBuffer: 64 * 2 ** 20 });
        // If helm ends before it reads its input, its own message says why.
        running.child.stdin?.on("error", () => undefined).end(input);
        return (await running).stdout;
    };
    try {
        const stdout = await withChart(source.release, run, (chart) => {
            const args = ["template", textAt(spec, "name") ?? "release", ...chart, "--values", "-", ...where];
            const values = stringify(mapAt(spec, "values"));
            return once(JSON.stringify([helm, args, values]), () => run(args, values));
        });
        return { objects: stdout.trim() === "" ? [] : parseManifests(stdout) };
    } catch (error) {
        return { reason: lastLine(error as Error & { stderr?: string; killed?: boolean }) };
    }
}

/** A chart in a folder, in the lab's cache if the version matches, or in its repository; or why there is none. */
function sourceOf(spec: Manifest, { charts, fetch }: Renderer): { release: Manifest } | { reason: string } {
    const chart = textAt(spec, "chart") ?? "";
    const version = textAt(spec, "version");
    const cached = charts?.version === version ? [join(charts?.folder ?? "", chart.split("/").pop() ?? "")] : [];
    const folder = [chart, ...cached].find((candidate) => existsSync(join(candidate, "Chart.yaml")));
    if (folder !== undefined) return { release: { chart: folder } };
    if (!fetch) return { reason: "the chart is not in a local folder; use --fetch-charts to let helm download it" };
    const asked = mapAt(spec, "repositoryOpts");
    if (asked["password"] !== ENCRYPTED) return { release: spec };
    const password = process.env[PASSWORD];
    if (password !== undefined) return { release: { ...spec, repositoryOpts: { ...asked, password } } };
    return { reason: `only the stack's passphrase decrypts the password of its repository; set ${PASSWORD} as well` };
}

/** What helm has rendered in this process: stacks often have the same release, of which each takes half a second. */
const outputs = new Map<string, Promise<string>>();

/** The output of a rendering with this key, which fails anew if it failed before. */
function once(key: string, render: () => Promise<string>): Promise<string> {
    const known = outputs.get(key);
    if (known !== undefined) return known;
    const output = render();
    outputs.set(key, output);
    output.catch(() => outputs.delete(key));
    return output;
}

function lastLine({ stderr = "", message, killed }: Error & { stderr?: string; killed?: boolean }): string {
    if (killed === true) return `helm did not finish within ${String(LIMIT_MS / 1000)} s`;
    return (stderr === "" ? message : stderr).trim().split("\n").pop() ?? "";
}
