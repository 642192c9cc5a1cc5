import { onPath } from "../../shared/terminal/onPath";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { mapAt, textAt } from "../../shared/values/plainObjects";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
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
    if (source === undefined)
        return { reason: "the chart is not in a local folder; use --fetch-charts to let helm download it" };
    const args = ["template", textAt(spec, "name") ?? "release", ...source, "--values", "-"];
    const namespace = textAt(spec, "namespace");
    if (namespace !== undefined) args.push("--namespace", namespace);
    try {
        const running = promisify(execFile)(helm, args, { timeout: LIMIT_MS, maxBuffer: 64 * 2 ** 20 });
        // If helm ends before it reads its values, its own message says why.
        running.child.stdin?.on("error", () => undefined).end(stringify(mapAt(spec, "values")));
        const { stdout } = await running;
        return { objects: stdout.trim() === "" ? [] : parseManifests(stdout) };
    } catch (error) {
        return { reason: lastLine(error as Error & { stderr?: string; killed?: boolean }) };
    }
}

/** Helm's arguments for a chart in a folder, in the lab's cache if the version matches, or in its repository. */
function sourceOf(spec: Manifest, { charts, fetch }: Renderer): string[] | undefined {
    const chart = textAt(spec, "chart") ?? "";
    const version = textAt(spec, "version");
    const cached = charts?.version === version ? [join(charts?.folder ?? "", chart.split("/").pop() ?? "")] : [];
    const folder = [chart, ...cached].find((candidate) => existsSync(join(candidate, "Chart.yaml")));
    if (folder !== undefined) return [folder];
    if (!fetch) return undefined;
    const repository = textAt(spec, "repositoryOpts", "repo");
    const from = repository === undefined ? [] : ["--repo", repository];
    return [chart, ...from, ...(version === undefined ? [] : ["--version", version])];
}

function lastLine({ stderr = "", message, killed }: Error & { stderr?: string; killed?: boolean }): string {
    if (killed === true) return `helm did not finish within ${String(LIMIT_MS / 1000)} s`;
    return (stderr === "" ? message : stderr).trim().split("\n").pop() ?? "";
}
