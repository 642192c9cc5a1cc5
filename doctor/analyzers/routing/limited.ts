import type { Evidence } from "../../evidence";
import { describeFlags } from "../../evidence/responseFlags";
import { filtersWith, valueOf } from "../../inventory/envoyFilters";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

/** Envoy's filters that limit rates, in their names and types. */
const LIMITS = /local_?rate_?limit|\bratelimit|rate_limit/i;

/**
 * Requests that a rate limit of a sidecar rejects. Their traces are complete as far as they go, and end where the limit
 * is.
 */
export function rateLimited(evidence: Evidence, values: Record<string, string>): DoctorFinding[] {
    const { path, probes, responseFlags: flags } = evidence;
    const rejected = probes.filter(({ answer }) => answer.status === 429).length;
    const pods = [...path.targets, path.source];
    const filters = [
        ...new Set(
            pods.flatMap((pod) => filtersWith((patch) => LIMITS.test(JSON.stringify(valueOf(patch))), pod, evidence)),
        ),
    ];
    // The application itself may limit its clients.
    if (rejected === 0 || (filters.length === 0 && flags?.split(",").includes("RL") !== true)) return [];
    return [
        draftFor("routing")({
            id: "requests-limited",
            severity: "warning",
            resource: filters.join(", ") || path.url,
            expected: "answers from the application",
            got:
                `${values["answers"] ?? ""}${flags === undefined ? "" : `, response flags ${describeFlags(flags)}`}: ` +
                "a rate limit rejects requests, so their traces end at its sidecar",
            cure:
                `If you intend the limit, send fewer requests (--requests 3) and wait until it admits requests again. Otherwise, raise ` +
                (filters.length === 0 ? "the limit of the sidecar's filter." : `the limit in ${filters.join(", ")}.`),
            values,
        }),
    ];
}
