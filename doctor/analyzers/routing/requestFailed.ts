import { denialsOf, type Denial } from "../../../checks/mesh/authorization";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Evidence } from "../../evidence";
import { toManifests } from "../../inventory/manifests";
import { fullName, identityOf, sidecarOf } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { targetPort } from "../sidecar";
import { whyNoAnswer } from "./failureCauses";

const FLAGS =
    "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators";

/**
 * A request that the application never answers. Its own answers are not a fault, even errors. A status 403 counts as a
 * failure only if a policy explains it.
 */
export function requestFailed(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { path, probes, responseFlags: flags } = evidence;
    const every = (is: (status: number) => boolean): boolean => probes.every(({ answer }) => is(answer.status));
    const [denial] = every((status) => status === 403) ? denialsAtTarget(evidence) : [];
    const isFailure = (status: number): boolean => status === 0 || status >= 500;
    if (denial === undefined && !probes.some(({ answer }) => isFailure(answer.status))) return undefined;
    const routes = routesOf(evidence);
    const cause = denial === undefined ? whyNoAnswer(evidence) : undefined;
    // An application may answer with an error now and then. If others were answered, the mesh has to explain a failure.
    const explained = denial ?? cause ?? flags;
    if (!every(isFailure) && explained === undefined) return undefined;
    const seen = `${values["answers"] ?? ""}${flags === undefined ? "" : `, response flags ${flags}`}`;
    if (cause !== undefined)
        return draftFor("routing")({
            id: "request-failed",
            ...{ expected: "an answer from the application", ...cause, got: `${seen}: ${cause.got}`, values },
        });
    return draftFor("routing")({
        id: "request-failed",
        resource: denial?.resource ?? path.url,
        expected: "an answer from the application",
        got: `${seen}${denial === undefined ? "" : `: ${denial.got}`}`,
        cure:
            denial === undefined
                ? `First correct the way to the application: check ${routes.join(", ") || "DestinationRules"} of that host, and the sidecar's response flags (${FLAGS}).`
                : "Allow the source in that policy, or probe a path that it allows (--from, --to).",
        values,
    });
}

function denialsAtTarget({ path, mesh, discovery, source }: Evidence): Denial[] {
    const pod = path.targets.find((target) => sidecarOf(target) !== undefined);
    if (pod === undefined) return [];
    const request = {
        from: source === undefined ? undefined : identityOf(path.source, mesh),
        port: targetPort(pod, path) ?? path.port,
        method: "GET",
        path: new URL(path.url).pathname,
    };
    const namespace = pod.metadata.namespace ?? "";
    const { rootNamespace } = mesh;
    return denialsOf(toManifests(discovery), request, { labels: pod.metadata.labels ?? {}, namespace, rootNamespace });
}

/** Objects that may route the requests elsewhere. */
function routesOf({ path, discovery }: Evidence): string[] {
    const { hostname } = new URL(path.url);
    const [short = ""] = hostname.split(".");
    const of = (kind: string, objects: Evidence["discovery"]["virtualServices"], key: string): string[] =>
        itemsOf(objects)
            .filter(({ spec }) => ([spec?.[key] ?? []].flat() as string[]).some((host) => host.split(".")[0] === short))
            .map((object) => `${kind} ${fullName(object)}`);
    return [
        ...of("VirtualService", discovery.virtualServices, "hosts"),
        ...of("DestinationRule", discovery.destinationRules, "host"),
    ];
}
