import { itemsOf } from "../../shared/cluster/facts";
import type { Evidence } from "../evidence";
import { isQueryPort, QUERY_PORT } from "../evidence/query";
import { fullName, listNames, podsOf } from "../inventory/mesh";
import type { DoctorFinding, Judgement } from "../segments";
import type { PodObject, ServiceObject } from "../../shared/kubernetes/objects";
import { applyCommand, patchCommand, unusedName, type Operation } from "../remediation/commands";
import { draftFor, unknown } from "./draft";

const make = draftFor("query");

/** Whether Jaeger answers questions about traces. */
export function judgeQuery(evidence: Evidence): Judgement {
    const { query } = evidence;
    const values: Record<string, string> = {
        asked: query.where,
        "pods behind it": listNames(query.pods) || "none ready",
    };
    if (query.problem !== undefined) values["problem"] = query.problem;
    else values["services known before the probe"] = query.services.join(", ") || "none";
    if (query.client !== undefined && query.problem === undefined) return { state: "ok", values, findings: [] };
    if (query.blind !== undefined) return unknown(`${query.problem ?? ""}; ${query.blind}`, values);
    return { state: "broken", values, findings: [blame(evidence, values)] };
}

function blame(evidence: Evidence, values: Record<string, string>): DoctorFinding {
    const { query, collector } = evidence;
    const { service } = query;
    if (service === undefined) return serviceMissing(evidence, values);
    const all = podsOf(service, itemsOf(evidence.discovery.pods));
    const jaeger = (collector?.pods ?? []).some(servesQuery);
    const strange = jaeger && query.pods.length > 0 && !query.pods.some(servesQuery);
    const [cure, patch]: [string, Operation?] =
        query.pods.length > 0 && !strange
            ? [
                  `Let its targetPort be Jaeger's query port, ${String(QUERY_PORT)}, and look into Jaeger's log.`,
                  // Only where the pod answers past its Service is it the Service's fault.
                  query.client && { op: "replace", path: portPath(service), value: QUERY_PORT },
              ]
            : all.length > 0 && !strange
              ? [`Its pods are not ready: kubectl describe pods -n ${service.metadata.namespace ?? ""}`]
              : jaeger
                ? [
                      "Let it select Jaeger's pods.",
                      { op: "replace", path: "/spec/selector", value: collector?.service?.spec?.selector },
                  ]
                : ["Bring Jaeger's pods up, or let it select them."];
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

function serviceMissing({ query, collector, discovery }: Evidence, values: Record<string, string>): DoctorFinding {
    const namespace = collector?.service?.metadata.namespace ?? "";
    const selector = collector?.service?.spec?.selector;
    // An OpenTelemetry Collector keeps no traces: only pods that answered are Jaeger's.
    const jaeger = query.client !== undefined && selector !== undefined;
    const port = { name: "http-query", port: QUERY_PORT, targetPort: QUERY_PORT };
    return make({
        id: "query-service-missing",
        resource: `namespace ${namespace}`,
        expected: `a Service with the port ${String(QUERY_PORT)} of Jaeger's UI and query API`,
        got: "none in the cluster",
        cure: "Create one for Jaeger's pods; when Jaeger is elsewhere, name it: --jaeger URL.",
        commands: jaeger
            ? [
                  applyCommand({
                      apiVersion: "v1",
                      kind: "Service",
                      metadata: { name: unusedName("jaeger-query", namespace, itemsOf(discovery.services)), namespace },
                      spec: { selector, ports: [port] },
                  }),
              ]
            : [],
        values,
    });
}

/** True for a pod that declares Jaeger's query port. */
function servesQuery({ spec }: PodObject): boolean {
    return (spec?.containers ?? []).some(({ ports }) =>
        ports?.some(({ containerPort }) => containerPort === QUERY_PORT),
    );
}

function portPath(service: ServiceObject): string {
    const ports = service.spec?.ports ?? [];
    return `/spec/ports/${String(ports.findIndex(isQueryPort))}/targetPort`;
}
