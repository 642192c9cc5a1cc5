import type { Evidence } from "../evidence";
import { isQueryPort, QUERY_PORT } from "../evidence/query";
import { podsBehind } from "../inventory/collector";
import { fullName, listNames } from "../inventory/mesh";
import { nextSteps } from "../nextSteps";
import type { DoctorFinding, Judgement } from "../segments";
import type { ServiceObject } from "../../shared/kubernetes/objects";
import { patchCommand, type Operation } from "../remediation/commands";
import { draftFor, unknown } from "./draft";
import { blockingNetworkPolicies } from "./networkPolicies";
import { decisiveErrors } from "./storage/storeFault";
import { createQueryService, otherJaeger } from "./otherJaeger";
import { foreignQueryPods, servesQuery } from "./queryPods";

const make = draftFor("query");

/** Whether Jaeger answers queries for traces. */
export function judgeQuery(evidence: Evidence): Judgement {
    const { query } = evidence;
    const values: Record<string, string> = {
        asked: query.where,
        "pods behind it": listNames(query.pods) || "none ready",
    };
    if (query.problem !== undefined) values["problem"] = query.problem;
    else values["services known before the probe"] = query.services.join(", ") || "none";
    if (evidence.burst?.searchProblem !== undefined && decisiveErrors(evidence).length === 0)
        return { state: "broken", values, findings: [failing(evidence, values)] };
    if (query.client !== undefined && query.problem === undefined) {
        const other = otherJaeger(evidence, values) ?? foreignQueryPods(evidence, values);
        return { state: other === undefined ? "ok" : "broken", values, findings: other === undefined ? [] : [other] };
    }
    if (query.failing === true && decisiveErrors(evidence).length > 0)
        return unknown("its storage fails, see there", values);
    if (query.failing === true) return { state: "broken", values, findings: [failing(evidence, values)] };
    if (query.blind !== undefined) return unknown(`${query.problem ?? ""}; ${query.blind}`, values);
    return { state: "broken", values, findings: [blame(evidence, values)] };
}

/** Jaeger answers that it failed. The spans that it accepts meanwhile may be lost. */
function failing({ query, burst }: Evidence, values: Record<string, string>): DoctorFinding {
    const search = burst?.searchProblem;
    return make({
        id: "query-failing",
        resource: query.where,
        expected: "Jaeger's query API with a storage that answers",
        got:
            search === undefined
                ? `a Jaeger that answers, but fails: ${query.problem ?? ""}`
                : `a Jaeger that finds traces by their IDs, but fails to search: ${search}`,
        cure:
            "Check the log of its pods for the storage's answers: whether the server is up and has free space, and " +
            "whether it accepts Jaeger's certificate authority and login (stack settings: jaeger.storage, " +
            "jaegerStoragePassword).",
        values,
    });
}

function blame(evidence: Evidence, values: Record<string, string>): DoctorFinding {
    const { query, collector } = evidence;
    const { service } = query;
    if (service === undefined) return serviceMissing(evidence, values);
    const all = podsBehind(service, evidence.discovery);
    const known = blockedByPolicy(evidence, values) ?? foreignQueryPods(evidence, values);
    if (known !== undefined) return known;
    const jaeger = (collector?.pods ?? []).some(servesQuery);
    const strange = jaeger && query.pods.length > 0 && !query.pods.some(servesQuery);
    const [cure, patch]: [string, Operation?] =
        query.pods.length > 0 && !strange
            ? [
                  `Set its targetPort to Jaeger's query port, ${String(QUERY_PORT)}, and check Jaeger's log.`,
                  // It is the Service's fault only if the pod answers a direct request.
                  query.client && { op: "replace", path: portPath(service), value: QUERY_PORT },
              ]
            : all.length > 0 && !strange
              ? [`Its pods are not ready: kubectl describe pods -n ${service.metadata.namespace ?? ""}`]
              : jaeger
                ? [
                      "Correct its selector to select Jaeger's pods.",
                      { op: "replace", path: "/spec/selector", value: collector?.service?.spec?.selector },
                  ]
                : ["Start Jaeger's pods, or correct the selector."];
    return make({
        id: "query-unreachable",
        resource: `Service ${fullName(service)}`,
        expected: "Jaeger's query API behind it",
        got: query.problem ?? "",
        cure,
        commands: patch === undefined ? [] : [patchCommand("service", service, [patch])],
        values,
    });
}

/** A NetworkPolicy that keeps the API server away from the query API, through which the doctor asks. */
function blockedByPolicy(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { pods, problem = "" } = evidence.query;
    for (const to of pods) {
        const denied = blockingNetworkPolicies({ from: undefined, to, port: QUERY_PORT, what: "queries" }, evidence);
        if (denied !== undefined)
            return make({
                id: "query-network-policy",
                expected: `a query API that ${nextSteps().asker}`,
                ...denied,
                got: `${problem}; ${denied.got}`,
                cure: `${nextSteps().letIn} People who come through an allowed pod or gateway are not affected.`,
                values,
            });
    }
    return undefined;
}

function serviceMissing(evidence: Evidence, values: Record<string, string>): DoctorFinding {
    const { query, collector } = evidence;
    return make({
        id: "query-service-missing",
        resource: `namespace ${collector?.service?.metadata.namespace ?? ""}`,
        expected: `a Service with the port ${String(QUERY_PORT)} of Jaeger's UI and query API`,
        got: "no such Service in the cluster",
        cure: `Create one for Jaeger's pods. If Jaeger is elsewhere, ${nextSteps().elsewhere}.`,
        // An OpenTelemetry Collector stores no traces. Only pods that answered belong to Jaeger.
        commands: query.client === undefined ? [] : createQueryService(evidence),
        values,
    });
}

function portPath(service: ServiceObject): string {
    const ports = service.spec?.ports ?? [];
    return `/spec/ports/${String(ports.findIndex(isQueryPort))}/targetPort`;
}
