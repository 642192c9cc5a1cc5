import { itemsOf } from "../../shared/cluster/facts";
import { labelPairs } from "../../shared/kubernetes/labelSelectors";
import type { PodObject } from "../../shared/kubernetes/objects";
import type { Evidence } from "../evidence";
import { QUERY_PORT } from "../evidence/query";
import { fullName, isReady, listNames } from "../inventory/mesh";
import { applyCommand, patchCommand, unusedName, type Command } from "../remediation/commands";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";
import { ownStorageOf } from "./storage/ownStorage";

/**
 * A query Service that leads to other Jaegers than those that store the spans, although no two of these share a
 * storage. If it leads to both, it is a matter of chance which one answers.
 */
export function otherJaeger(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { query, collector, probes } = evidence;
    const { service } = query;
    const storing = (collector?.pods ?? []).filter(isReady);
    const own = storing.map((pod) => ownStorageOf(pod, evidence));
    const isOwn = (pod: PodObject): boolean => storing.some((one) => fullName(one) === fullName(pod));
    const others = query.pods.filter((pod) => !isOwn(pod));
    if (service === undefined || storing.length === 0 || others.length === 0) return undefined;
    if (own.some((storage) => storage === undefined)) return undefined;
    const mixed = others.length < query.pods.length;
    // A pod among them that is no Jaeger is another fault.
    if (mixed && !others.some(isJaeger)) return undefined;
    // It found what the others cannot have, so that they share a storage in a way that no object shows.
    if (!mixed && probes.some(({ seen }) => seen)) return undefined;
    const selector = labelPairs(service.spec?.selector ?? {}).join(",");
    return draftFor("query")({
        id: "query-other-jaeger",
        resource: `Service ${fullName(service)}`,
        expected: `the pods that store the spans: ${listNames(storing)}`,
        got:
            `${selector === "" ? "endpoints that are written by hand" : `the selector ${selector}`}, which ${selector === "" ? "lead" : "leads"} ${mixed ? "also " : ""}to ${listNames(others)}: ` +
            `spans are stored in one Jaeger (${[...new Set(own)].join(", ")}) and searched in ${mixed ? "either" : "another"}`,
        ...leadToStorage(evidence),
        standing: true,
        values,
    });
}

/** True for a pod with an image that is named after Jaeger. */
function isJaeger({ spec }: PodObject): boolean {
    return (spec?.containers ?? []).some(({ image = "" }) => image.includes("jaeger"));
}

/** Makes the query Service select the pods that store spans, or creates one in their namespace. */
function leadToStorage(evidence: Evidence): { cure: string; commands: Command[] } {
    const { service } = evidence.query;
    const home = evidence.collector?.service;
    const selector = home?.spec?.selector;
    if (home !== undefined && service?.metadata.namespace !== home.metadata.namespace)
        return {
            cure:
                "It is in another namespace, and a Service selects only pods of its own. Create a Service for the " +
                `query API in ${home.metadata.namespace ?? ""}, which the doctor then queries.`,
            commands: createQueryService(evidence),
        };
    return {
        cure: "Correct its selector to select the pods that store the spans.",
        commands:
            service === undefined || selector === undefined
                ? []
                : [
                      patchCommand("service", service, [
                          {
                              op: service.spec?.selector === undefined ? "add" : "replace",
                              path: "/spec/selector",
                              value: selector,
                          },
                      ]),
                  ],
    };
}

/** Creates a Service for the query API of the collector's pods; empty for a collector without a selector. */
export function createQueryService({ collector, discovery }: Evidence): Command[] {
    const { metadata, spec } = collector?.service ?? {};
    const namespace = metadata?.namespace ?? "";
    if (spec?.selector === undefined) return [];
    const port = { name: "http-query", port: QUERY_PORT, targetPort: QUERY_PORT };
    return [
        applyCommand({
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: unusedName("jaeger-query", namespace, itemsOf(discovery.services)), namespace },
            spec: { selector: spec.selector, ports: [port] },
        }),
    ];
}
