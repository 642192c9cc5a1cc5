import type { Fact, Failure } from "../../shared/cluster/facts";
import type { Access } from "../connection/access";
import { fullName } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { nextSteps } from "../nextSteps";
import { appContainer, findPaths, NobodyToAsk, tryCommand, type PathOptions, type ProbePath } from "./path";
import { placementOf } from "./placement";
import { planOf, type Approve } from "./plan";
import { startProbePod } from "./pod";
import { findClient, type HttpClient } from "./requests";

/** A path and the pod that sends requests along it. */
export interface Sender {
    path: ProbePath;
    client: HttpClient;
    /** Removes the objects that were started for it. */
    release: () => Promise<void>;
}

/**
 * The first path whose source has an HTTP client; otherwise, if allowed, one from the doctor's own pod.
 *
 * @throws UserError with exit code 2 if there is none; any error of `approve`, before anything is sent or started.
 */
export async function chooseSender(
    access: Access,
    options: PathOptions & { probePod?: boolean; requests: number; approve?: Approve },
    discovery: Discovery,
): Promise<Sender> {
    const paths = findPaths(options, discovery);
    const [best, ...others] = paths;
    const tried = best === undefined ? [] : [await tryPath(access, best)];
    // Examined in parallel, because each waits for a node that does not answer.
    if (!tried.some(isUsable)) tried.push(...(await Promise.all(others.map((path) => tryPath(access, path)))));
    const found = tried.find(isUsable);
    if (found !== undefined) {
        await options.approve?.(planOf(found.path, options.requests, false));
        return { path: found.path, client: found.fact.value, release: () => Promise.resolve() };
    }
    const refused = tried.flatMap(({ path, fact }) => ("failure" in fact ? [{ path, ...fact.failure }] : []));
    const mayExec = !refused.some(({ kind }) => kind === "forbidden");
    if (options.probePod === true && best !== undefined && mayExec) {
        await options.approve?.(planOf(best, options.requests, true));
        const placement = await placementOf(access, best.source);
        const { pod, remove } = await startProbePod(access, best.source.metadata.namespace ?? "default", placement);
        return { path: { ...best, source: pod }, client: "curl", release: remove };
    }
    throw unableToAsk(options, discovery, paths, refused[0]);
}

interface Tried {
    path: ProbePath;
    fact: Fact<HttpClient | undefined>;
}

async function tryPath(access: Access, path: ProbePath): Promise<Tried> {
    const { name: pod, namespace = "" } = path.source.metadata;
    return { path, fact: await findClient(access, { namespace, pod, container: appContainer(path.source) }) };
}

function isUsable(tried: Tried): tried is Tried & { fact: { value: HttpClient } } {
    return "value" in tried.fact && tried.fact.value !== undefined;
}

function unableToAsk(
    { namespace, from }: PathOptions,
    discovery: Discovery,
    paths: ProbePath[],
    refused: (Failure & { path: ProbePath }) | undefined,
): NobodyToAsk {
    const unread = (["pods", "services"] as const).flatMap((what) => {
        const fact = discovery[what];
        return "failure" in fact ? [`the ${what} could not be listed: ${fact.failure.reason}`] : [];
    });
    const tried = paths.map(({ source }) => fullName(source)).join(", ");
    const where = namespace === undefined || from !== undefined ? "" : ` in the namespace ${namespace}`;
    const got =
        (refused === undefined ? unread[0] : `${fullName(refused.path.source)}: ${refused.reason}`) ??
        `none${where}${tried === "" ? "" : ` (examined ${tried})`}`;
    const next =
        refused?.kind === "forbidden" || unread.length > 0
            ? `${nextSteps().seeRights}, and check whether the cluster answers: kubectl get pods -A`
            : refused !== undefined
              ? `${nextSteps().anotherPath}, or check whether commands run there: ${tryCommand(refused.path.source)}`
              : `${nextSteps().namePath}, or ${nextSteps().seeRights}`;
    return new NobodyToAsk(
        `expected a pod of the mesh with curl or wget, and a Service for it to call, got: ${got}. Next: ${next}.`,
        paths.map(({ source }) => source),
    );
}
