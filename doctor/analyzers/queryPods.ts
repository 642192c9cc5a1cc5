import { labelPairs } from "../../shared/kubernetes/labelSelectors";
import type { PodObject } from "../../shared/kubernetes/objects";
import type { Evidence } from "../evidence";
import { isQueryPort, QUERY_PORT } from "../evidence/query";
import { fullName, listNames } from "../inventory/mesh";
import { distinction, selectAlso } from "../remediation/selectAlso";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";

/** A query Service that also leads to pods without a query API, such as collectors, so that some queries fail. */
export function foreignQueryPods({ query }: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { service, pods } = query;
    const right = pods.filter(servesQuery);
    const foreign = pods.filter((pod) => portsOf(pod).length > 0 && !servesQuery(pod));
    if (service === undefined || right.length === 0 || foreign.length === 0) return undefined;
    // Kubernetes leads to no pod without a port of that name.
    if (typeof service.spec?.ports?.find(isQueryPort)?.targetPort === "string") return undefined;
    const label = distinction(right, foreign);
    const selector = labelPairs(service.spec?.selector ?? {}).join(",");
    return draftFor("query")({
        id: "query-pod-foreign",
        resource: `Service ${fullName(service)}`,
        expected: `Jaeger's query API (${String(QUERY_PORT)}) in every pod behind it`,
        got:
            `of ${String(pods.length)} ready pods, ${listNames(foreign)} ${foreign.length === 1 ? "has" : "have"} ` +
            "none, so some queries fail",
        cure:
            `Its selector ${selector} also selects them: ` +
            (label === undefined
                ? "use a label that only the pods with a query API have."
                : `add ${label.join("=")}, which only the pods with a query API have.`),
        commands: label === undefined ? [] : selectAlso(service, label),
        standing: true,
        values,
    });
}

/** True for a pod that declares Jaeger's query port. */
export function servesQuery(pod: PodObject): boolean {
    return portsOf(pod).includes(QUERY_PORT);
}

function portsOf({ spec }: PodObject): number[] {
    return (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []).map(({ containerPort }) => containerPort);
}
