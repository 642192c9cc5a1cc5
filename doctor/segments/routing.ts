import type { Evidence } from "../evidence";
import { fullName, listNames, sidecarOf } from "../mesh";
import type { Judgement } from "../model";
import { missingSidecar } from "./entry";
import { draftFor } from "./make";

const make = draftFor("routing");

/** Whether the request reaches a pod of the mesh and is answered by it. */
export function judgeRouting(evidence: Evidence): Judgement {
    const { path, probes, logLines } = evidence;
    const values: Record<string, string> = {
        target: path.service === undefined ? path.url : `Service ${fullName(path.service)}:${String(path.port)}`,
        pods: listNames(path.targets) || "none ready",
        answers: probes
            .map(({ answer }) => (answer.status === 0 ? answer.error || "none" : String(answer.status)))
            .join(", "),
    };
    for (const [pod, lines] of Object.entries(logLines)) if (lines[0] !== undefined) values[`log of ${pod}`] = lines[0];
    const failed = probes.filter(({ answer }) => answer.status === 0 || answer.status >= 500);
    // A Service without a selector has pods that nobody can name, or none at all and still an answer.
    if (path.service !== undefined && path.targets.length === 0 && failed.length > 0) {
        const finding = make({
            id: "target-no-endpoints",
            resource: `Service ${fullName(path.service)}`,
            expected: "at least one ready pod behind it",
            got: `none; answers: ${values["answers"] ?? ""}`,
            cure: `Bring its pods up: kubectl get pods -n ${path.service.metadata.namespace ?? ""}`,
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    if (failed.length === probes.length) {
        const flags = Object.values(logLines)
            .flat()
            .map(responseFlags)
            .find((flag) => flag !== undefined);
        const finding = make({
            id: "request-failed",
            resource: path.url,
            expected: "an answer of the application",
            got: `${values["answers"] ?? ""}${flags === undefined ? "" : `, response flags ${flags}`}`,
            cure:
                "Mend the way to the application first: DestinationRule, AuthorizationPolicy and VirtualService of that " +
                "host, and the sidecar's response flags (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).",
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    const bare = path.targets.find((pod) => sidecarOf(pod) === undefined);
    if (bare !== undefined) {
        return { state: "broken", values, findings: [make(missingSidecar(bare, evidence, values))] };
    }
    return { state: "ok", values, findings: [] };
}

/** Envoy's response flags in a line of our own access log format, when there are any. */
function responseFlags(line: string): string | undefined {
    const flags = /" (?:\d{3}|0) ([A-Z][A-Za-z,]+) /.exec(line)?.[1];
    return flags;
}
