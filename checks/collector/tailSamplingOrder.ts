import type { Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { itemsAt, mapAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { collectorConfigsOf, isOfTraces, type CollectorConfig } from "./configuration";

/**
 * Reports traces pipelines that batch before they sample whole traces, and those whose memory limiter comes late.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor and
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/memorylimiterprocessor
 */
export function checkTailSamplingOrder(objects: Manifest[], parseYaml: ParseYaml): Finding[] {
    return objects.flatMap((object) => collectorConfigsOf(object, parseYaml)).flatMap(judge);
}

function judge({ subject, config }: CollectorConfig): Finding[] {
    return Object.entries(mapAt(config, "service", "pipelines"))
        .filter(([name]) => isOfTraces(name))
        .flatMap(([name, pipeline]) => {
            const processors = itemsAt(pipeline, "processors").map(String);
            const at = processors.findIndex((processor) => kindOf(processor) === "tail_sampling");
            if (at < 0) return [];
            const place = { ...subject, resource: `${subject.resource} pipeline ${name}` };
            const got = `processors ${processors.join(", ")}`;
            const batch = processors.slice(0, at).find((processor) => kindOf(processor) === "batch");
            const limiter = processors.findIndex((processor) => kindOf(processor) === "memory_limiter");
            return [
                ...(batch === undefined
                    ? []
                    : [
                          {
                              ...{ id: "batch-before-tail-sampling", severity: "error" as const, ...place, got },
                              expected: `${batch} after ${processors[at] ?? ""}, which splits batches by trace`,
                              cure: `Move ${batch} to the end of the pipeline: before the decision, it only delays spans and keeps them in memory twice.`,
                          },
                      ]),
                ...(limiter === 0
                    ? []
                    : [
                          {
                              ...{ id: "tail-sampling-without-limiter", severity: "error" as const, ...place, got },
                              expected:
                                  "memory_limiter as the first processor, because waiting traces are kept in memory",
                              cure: "Put memory_limiter first, so that a pod refuses spans before it is killed with all of its traces.",
                          },
                      ]),
            ];
        });
}

/** `batch` of `batch/large`. */
function kindOf(name: string): string {
    return name.split("/")[0] ?? "";
}
