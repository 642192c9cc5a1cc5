import { textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { podsBehind } from "../../inventory/collector";
import { collectorFilesOf, kindOf, nameOfFile, pipelinesOf } from "../../inventory/collectorPipelines";
import { fullName, isReady, listNames } from "../../inventory/mesh";
import { FORWARDING, serviceAt } from "../../inventory/nextTier";
import type { Draft } from "../draft";

/**
 * A collector that forwards spans to other pods than the query Service leads to. Whether both have the same storage is
 * not visible from here.
 */
export function forwardedElsewhere(evidence: Evidence): Omit<Draft, "id" | "values" | "expected"> | undefined {
    const { query, discovery } = evidence;
    if (query.service === undefined || query.pods.length === 0) return undefined;
    // Only the last tier sends to the storage.
    for (const file of evidence.tiers?.at(-1)?.files ?? collectorFilesOf(evidence)) {
        const exporters = pipelinesOf(file.config).flatMap((pipeline) => pipeline.exporters);
        for (const name of exporters.filter((one) => FORWARDING.includes(kindOf(one)))) {
            const endpoint = textAt(file.config, "exporters", name, "endpoint") ?? "";
            const service = serviceAt(endpoint, file.configMap.metadata.namespace ?? "", discovery);
            const pods = service === undefined ? [] : podsBehind(service, discovery).filter(isReady);
            const same = pods.some((pod) => query.pods.some((one) => fullName(one) === fullName(pod)));
            if (service === undefined || pods.length === 0 || same) continue;
            return {
                resource: `Service ${fullName(query.service)}`,
                got:
                    `exporters.${name}.endpoint of ${nameOfFile(file)} is ${endpoint}, behind which ${listNames(pods)} ` +
                    `${pods.length === 1 ? "is" : "are"}, but the query Service routes to ${listNames(query.pods)}`,
                cure:
                    "Unless these pods share a storage, correct the selector of the query Service to select the pods " +
                    "to which spans are forwarded.",
            };
        }
    }
    return undefined;
}
