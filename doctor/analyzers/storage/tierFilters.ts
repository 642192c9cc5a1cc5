import { itemsAt, mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { grownBy, type TierEvidence } from "../../evidence/tiers";
import { kindOf, nameOfFile, pipelinesOf, type CollectorFile } from "../../inventory/collectorPipelines";
import { cut } from "../../inventory/podFailures";
import { isEveryProbeComplete } from "../propagation";
import { nameOf, type Cause } from "./tierParts";

/** Characters of a filter's conditions that a finding shows. */
const LONGEST = 120;

/** Spans that a tier's filters dropped on purpose, while spans of the doctor's own requests are missing. */
export function filtered(tier: TierEvidence, evidence: Evidence): Cause[] {
    const dropped = grownBy(tier, "filtered");
    const filters = tier.files.flatMap((file) => filtersIn(file).map((name) => ({ file, name })));
    const [first] = filters;
    if (dropped === 0 || first === undefined || isEveryProbeComplete(evidence)) return [];
    const shown = filters.map(({ file, name }) => describeFilter(file, name)).join(", ");
    return [
        {
            ...{ id: "spans-filtered", resource: nameOfFile(first.file), standing: true },
            expected: "filters that leave every span of the doctor's requests in",
            got: `${String(dropped)} spans that ${nameOf(tier)} dropped on purpose during the requests, by ${shown}`,
            cure:
                "Spans below a dropped span lack their parent, so traces break. Remove the condition that matches " +
                "these spans from the filter, and restart its pods; to store fewer traces, let tail_sampling drop " +
                "whole traces.",
        },
    ];
}

function filtersIn({ config }: CollectorFile): string[] {
    const names = pipelinesOf(config).flatMap(({ processors }) => processors);
    return [...new Set(names)].filter((name) => kindOf(name) === "filter");
}

function describeFilter({ config }: CollectorFile, name: string): string {
    const settings = mapAt(config, "processors", name);
    const written = ["span", "spanevent"].flatMap((of) => itemsAt(settings, "traces", of).map(String));
    // Newer configurations have one list for every kind of data.
    const conditions = [...written, ...itemsAt(settings, "trace_conditions").map(String)].join("; ");
    return conditions === "" ? name : `${name} (${cut(conditions, LONGEST)})`;
}
