import type { Evidence } from "../evidence";
import { fullName } from "../mesh";
import type { DoctorFinding, Judgement } from "../model";
import { applyCommand, draftFor, patchCommand, unknown } from "./make";
import { QUERY_PORT } from "../evidence/query";

const make = draftFor("query");

/** The next step where Jaeger asks for a login. */
export const LOGIN =
    "where Jaeger asks for a login, set JAEGER_LOGIN=USER:PASSWORD, or give the URL by which people open it: --jaeger URL";

/** Whether Jaeger answers questions about traces. */
export function judgeQuery(evidence: Evidence): Judgement {
    const { query } = evidence;
    const values: Record<string, string> = {
        asked: query.where + query.basePath,
        "pods behind it": query.pods.map(fullName).join(", ") || "none ready",
    };
    if (query.problem !== undefined) values["problem"] = query.problem;
    else values["services known before the probe"] = query.services.join(", ") || "none";
    if (query.client !== undefined && query.problem === undefined) return { state: "ok", values, findings: [] };
    if (query.forbidden) return unknown(`${query.problem ?? ""}; ${LOGIN}`, values);
    return { state: "broken", values, findings: [blame(evidence, values)] };
}

function blame({ query, collector, deployments }: Evidence, values: Record<string, string>): DoctorFinding {
    if (query.service === undefined) {
        const namespace = collector?.service?.metadata.namespace ?? "";
        const selector = Object.entries(collector?.service?.spec?.selector ?? {}).map(
            ([key, value]) => `    ${key}: ${value}`,
        );
        return make({
            id: "query-service-missing",
            resource: `namespace ${namespace}`,
            expected: `a Service with the port ${String(QUERY_PORT)} of Jaeger's UI and query API`,
            got: "none in the cluster",
            cure: "Create one for Jaeger's pods; when Jaeger is elsewhere, name it: --jaeger URL.",
            commands:
                selector.length === 0
                    ? []
                    : [
                          applyCommand(`apiVersion: v1
kind: Service
metadata:
  name: jaeger-query
  namespace: ${namespace}
spec:
  selector:
${selector.join("\n")}
  ports:
    - name: http-query
      port: ${String(QUERY_PORT)}
      targetPort: ${String(QUERY_PORT)}`),
                      ],
            values,
        });
    }
    const labels = collector?.service?.spec?.selector;
    const fits = query.pods.length > 0 || labels === undefined;
    const sleeping = deployments.length > 0 && (collector?.pods.length ?? 0) === 0;
    return make({
        id: "query-unreachable",
        resource: `Service ${fullName(query.service)}`,
        expected: "Jaeger's query API behind it",
        got: query.problem ?? "",
        cure: fits
            ? "Let its targetPort be Jaeger's query port, 16686, and look into Jaeger's log."
            : sleeping
              ? "Bring Jaeger's pods up."
              : "Let it select Jaeger's pods.",
        commands:
            fits && labels !== undefined
                ? [
                      patchCommand("service", query.service, [
                          { op: "replace", path: portPath(query.service), value: QUERY_PORT },
                      ]),
                  ]
                : sleeping
                  ? []
                  : [
                        patchCommand("service", query.service, [
                            { op: "replace", path: "/spec/selector", value: labels },
                        ]),
                    ],
        values,
    });
}

function portPath(service: NonNullable<Evidence["query"]["service"]>): string {
    const ports = service.spec?.ports ?? [];
    return `/spec/ports/${String(
        Math.max(
            0,
            ports.findIndex(({ port }) => port === QUERY_PORT),
        ),
    )}/targetPort`;
}
