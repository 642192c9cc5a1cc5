import type { Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { itemsAt, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { collectorConfigsOf, type CollectorConfig } from "./configuration";

/** Policies that decide by a rate. */
const LIMITS = ["rate_limiting", "bytes_limiting"];

/**
 * Reports policies of tail sampling that do not do what they look like: a trace is kept if any of them wants it.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/tailsamplingprocessor
 */
export function checkTailSamplingPolicies(objects: Manifest[], parseYaml: ParseYaml): Finding[] {
    return objects.flatMap((object) => collectorConfigsOf(object, parseYaml)).flatMap(judge);
}

/** Names of the tail_sampling processors of a configuration, with their settings. */
export function tailSamplersOf({ config }: Pick<CollectorConfig, "config">): [name: string, settings: unknown][] {
    return Object.entries(mapAt(config, "processors")).filter(([name]) => name.split("/")[0] === "tail_sampling");
}

function judge({ subject, config }: CollectorConfig): Finding[] {
    return tailSamplersOf({ config }).flatMap(([processor, settings]) => {
        const policies = listAt(settings, "policies");
        const place = (policy: Manifest): Pick<Finding, "resource" | "object"> => ({
            ...subject,
            resource: `${subject.resource} processors.${processor} policy ${textAt(policy, "name") ?? ""}`,
        });
        const limits = policies.filter((policy) => LIMITS.includes(textAt(policy, "type") ?? ""));
        const wanting = policies.filter((policy) => textAt(policy, "type") === "status_code").filter(isOfErrors);
        return [
            ...(policies.length > limits.length ? limits : []).map((policy) => ({
                ...{ id: "tail-sampling-rate-adds", severity: "warning" as const, ...place(policy) },
                expected:
                    "a limit around the other policies: a policy `and`, or `composite` with max_total_spans_per_second",
                got:
                    `a policy ${textAt(policy, "type") ?? ""}, which keeps traces that no other policy matches, and ` +
                    "limits none of the others",
                cure: "Put it into an `and` with the policy that it limits, or all policies into a `composite`.",
            })),
            ...wanting.map((policy) => ({
                ...{ id: "tail-sampling-client-errors", severity: "warning" as const, ...place(policy) },
                expected: "server faults: an ottl_condition that also asks for span.kind == SPAN_KIND_SERVER",
                got:
                    "only status_code ERROR; Envoy marks the client's span of every 4xx answer with it, so requests " +
                    "for missing pages are kept too",
                cure: 'Replace it with ottl_condition: { span: ["span.kind == SPAN_KIND_SERVER and span.status.code == STATUS_CODE_ERROR"] }.',
            })),
        ];
    });
}

function isOfErrors(policy: Manifest): boolean {
    return itemsAt(policy, "status_code", "status_codes").map(String).includes("ERROR");
}
