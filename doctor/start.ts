import { UserError } from "../cli/ui/errors";
import type { Access } from "./access";
import { fullName } from "./mesh";
import type { Discovery } from "./objects";
import { appContainer, findPaths, type PathOptions, type ProbePath } from "./path";
import { findClient, type HttpClient } from "./probe";
import { startProbePod } from "./probePod";

/** A path and what sends requests along it. */
export interface Start {
    path: ProbePath;
    client: HttpClient;
    /** Removes what was started for it. */
    release: () => Promise<void>;
}

/**
 * The first path whose source has an HTTP client; else one from a pod of the doctor's own, when that is allowed.
 *
 * @throws UserError with exit code 2 when there is none.
 */
export async function choosePath(
    access: Access,
    options: PathOptions & { probePod?: boolean },
    discovery: Discovery,
): Promise<Start> {
    const paths = findPaths(options, discovery);
    let refusal: string | undefined;
    for (const path of paths) {
        const { name: pod, namespace = "" } = path.source.metadata;
        const fact = await findClient(access, { namespace, pod, container: appContainer(path.source) });
        if ("failure" in fact) refusal ??= `${fullName(path.source)}: ${fact.failure.reason}`;
        else if (fact.value !== undefined) return { path, client: fact.value, release: () => Promise.resolve() };
    }
    const [first] = paths;
    if (options.probePod === true && first !== undefined) {
        const { pod, remove } = await startProbePod(access, first.source.metadata.namespace ?? "default");
        return { path: { ...first, source: pod }, client: "curl", release: remove };
    }
    throw nobodyToAsk(discovery, paths, refusal);
}

function nobodyToAsk(discovery: Discovery, paths: ProbePath[], refusal: string | undefined): UserError {
    const forbidden =
        "failure" in discovery.pods ? `the pods could not be listed: ${discovery.pods.failure.reason}` : "";
    const tried = paths.map(({ source }) => fullName(source)).join(", ");
    const got = refusal ?? (forbidden || `none${tried === "" ? "" : ` (looked into ${tried})`}`);
    return new UserError(
        `expected a pod of the mesh with curl or wget, and a Service for it to ask, got: ${got}. ` +
            "Next: name them with --from deploy/NAME -n NAMESPACE --to URL, allow a pod of the doctor's own with " +
            "--probe-pod, or see the rights that it needs with --print-rbac.",
        2,
    );
}
