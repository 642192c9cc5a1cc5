import {
    asksForToken,
    denialsOf,
    type AuthorizedPod,
    type AuthorizedRequest,
    type Denial,
} from "../../../checks/mesh/authorization";
import { tlsMode } from "../../../checks/mesh/destinationRules";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import { describeFlags } from "../../evidence/responseFlags";
import { toManifests } from "../../inventory/manifests";
import { describeCaller, fullName, identityOf, sidecarOf } from "../../inventory/mesh";
import { nextSteps } from "../../nextSteps";
import { admit } from "../../remediation/authorization";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { targetPort } from "../sidecar/filterChain";
import { whyNoAnswer } from "./failureCauses";
import { ruleOfTarget } from "./targetTls";

/**
 * A request that the application never answers. Its own answers are not a fault, even errors. A status 403 counts as a
 * failure only if a policy explains it, and as a warning if that policy is about tokens.
 */
export function requestFailed(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { path, probes, responseFlags: flags } = evidence;
    const every = (is: (status: number) => boolean): boolean => probes.every(({ answer }) => is(answer.status));
    const rejected = every((status) => status === 403) ? rejectedAtTarget(evidence, values) : undefined;
    if (rejected !== undefined) return rejected;
    const isFailure = (status: number): boolean => status === 0 || status >= 500;
    if (!probes.some(({ answer }) => isFailure(answer.status))) return undefined;
    const routes = routesOf(evidence);
    const cause = whyNoAnswer(evidence);
    // An application may answer with an error now and then. If others were answered, the mesh has to explain a failure.
    const explained = cause ?? flags;
    if (!every(isFailure) && explained === undefined) return undefined;
    const seen = `${values["answers"] ?? ""}${flags === undefined ? "" : `, response flags ${describeFlags(flags)}`}`;
    if (cause !== undefined)
        return draftFor("routing")({
            id: "request-failed",
            ...{ expected: "an answer from the application", ...cause, got: `${seen}: ${cause.got}`, values },
        });
    return draftFor("routing")({
        id: "request-failed",
        resource: path.url,
        expected: "an answer from the application",
        got: seen,
        cure:
            "First correct the routing to the application: check " +
            `${routes.join(", ") || "VirtualServices and DestinationRules"} of that host, and the log of the ` +
            "application.",
        values,
    });
}

/** A policy that rejects the probes at the target's sidecar, with the source's identity and commands that allow it. */
function rejectedAtTarget(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { path, mesh, discovery } = evidence;
    const pod = path.targets.find((target) => sidecarOf(target) !== undefined);
    if (pod === undefined) return undefined;
    const objects = toManifests(discovery);
    const request = requestOf(evidence, pod);
    const namespace = pod.metadata.namespace ?? "";
    const target: AuthorizedPod = { labels: pod.metadata.labels ?? {}, namespace, rootNamespace: mesh.rootNamespace };
    const denials = denialsOf(objects, request, target);
    const known = denials.length > 0 ? denials : loggedDenials(evidence, pod);
    const [denial] = known;
    if (denial === undefined) return undefined;
    const { from, port, method = "", path: asked = "" } = request;
    const caller = describeCaller(from);
    if (denials.some((one) => asksForToken(one.policy))) return withoutToken(denials, pod, values);
    return draftFor("routing")({
        id: "request-failed",
        resource: known.map(({ resource }) => resource).join(", "),
        expected: "an answer from the application",
        got: `${values["answers"] ?? ""}: ${denial.got}: rejects ${method} ${asked} at port ${String(port)} of Pod ${fullName(pod)} from ${caller}`,
        cure:
            denial.action === "DENY"
                ? `If ${caller} may call the application, exclude it from that rule. DENY takes precedence over every policy that allows. ${nextSteps().otherPath}`
                : `If ${caller} may call the application, allow it. Rules of several policies add up. ${nextSteps().otherPath}`,
        commands: admit(objects, request, target, {
            name: `${path.service?.metadata.name ?? "target"}-callers`,
            labels: path.service?.spec?.selector ?? pod.metadata.labels ?? {},
            principals: from?.principals.slice(-1),
        }),
        values,
    });
}

/** A policy about tokens: clients that send one may have an answer, so only the doctor is known to have none. */
function withoutToken(denials: Denial[], pod: PodObject, values: Record<string, string>): DoctorFinding {
    return draftFor("routing")({
        id: "request-failed",
        severity: "warning",
        resource: denials.map(({ resource }) => resource).join(", "),
        expected: "an answer from the application",
        got: `${values["answers"] ?? ""}: rejected by the sidecar of Pod ${fullName(pod)}, because its rules ask for a token (JWT), and the doctor's requests have none`,
        cure:
            "Requests with a valid token pass, so make the application send one. The trace of a request without a " +
            "token ends at that sidecar. To prove more, probe a path that needs no token (--to).",
        values,
    });
}

function requestOf(evidence: Evidence, pod: Evidence["path"]["source"]): AuthorizedRequest {
    const { path, mesh, source } = evidence;
    const rule = ruleOfTarget(evidence);
    const plain = source === undefined || (rule !== undefined && tlsMode({ ...rule }, path.port) === "DISABLE");
    return {
        from: plain ? undefined : identityOf(path.source, mesh),
        port: targetPort(pod, path) ?? path.port,
        method: "GET",
        path: new URL(path.url).pathname,
    };
}

/**
 * What the target's sidecar logged about a rejection, in a format with response code details, such as Istio's own. It
 * also knows conditions that the objects alone do not decide.
 */
function loggedDenials({ logLines }: Evidence, pod: Evidence["path"]["source"]): Omit<Denial, "policy">[] {
    const line = (logLines[fullName(pod)] ?? []).join("\n");
    const [, namespace = "", name = "", rule = ""] =
        /rbac_access_denied_matched_policy\[ns\[([^\]]*)\]-policy\[([^\]]*)\]-rule\[(\d+)\]\]/.exec(line) ?? [];
    if (name !== "") {
        const got = `action DENY, and rule ${String(Number(rule) + 1)} matches according to the access log`;
        return [{ resource: `AuthorizationPolicy ${namespace}/${name}`, action: "DENY", got }];
    }
    if (!line.includes("rbac_access_denied_matched_policy[none]")) return [];
    const got = "action ALLOW, and no rule matches according to the access log";
    return [{ resource: `AuthorizationPolicies for Pod ${fullName(pod)}`, action: "ALLOW", got }];
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
