import type { Evidence } from "../evidence";
import { fullName, sidecarOf } from "../inventory/mesh";
import type { DoctorFinding, Judgement } from "../segments";
import { draftFor } from "./draft";
import { sourceBypassed } from "./sidecar/bypassed";
import { missingSidecar } from "./sidecar/injection";

/** Whether the request leaves the application into a sidecar of its own. */
export function judgeEntry(evidence: Evidence): Judgement {
    const { path, probes } = evidence;
    const values = {
        source: `Pod ${fullName(path.source)}`,
        request: `${evidence.client} ${path.url}`,
        answers: probes
            .map(({ answer }) => (answer.status === 0 ? answer.error || "none" : String(answer.status)))
            .join(", "),
    };
    const make = draftFor("entry");
    if (sidecarOf(path.source) === undefined) {
        return { state: "broken", values, findings: [make(missingSidecar(path.source, evidence, values))] };
    }
    if (isUnresolved(evidence)) {
        const finding: DoctorFinding = make({
            id: "name-unresolved",
            resource: path.url,
            expected: "a host name that the source's pod can resolve",
            got: probes[0]?.answer.error ?? "",
            cure: "Correct --to, or create the Service of that name.",
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    const bypassed = sourceBypassed(evidence, values);
    if (bypassed !== undefined) return { state: "broken", values, findings: [make(bypassed)] };
    return { state: "ok", values, findings: [] };
}

/** True where the source's pod does not know the host of the URL. */
export function isUnresolved({ probes }: Evidence): boolean {
    return probes.every(({ answer }) => answer.unresolved);
}
