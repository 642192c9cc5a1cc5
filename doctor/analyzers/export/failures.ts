import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { countExports } from "./counts";

/** True where spans were seen to get lost on their way, so that a trace that lacks need not be one that nobody recorded. */
export function doSpansFail({ source, targets, collector, collectorCounts }: Evidence): boolean {
    const growth = growthOf(collectorCounts);
    if ("value" in growth && growth.value.refused + growth.value.storeFailed > 0) return true;
    return [source, ...targets].some((sidecar) => {
        if (sidecar === undefined || collector === undefined || sidecar.sinceStart === true) return false;
        const counts = countExports(sidecar, collector);
        return typeof counts !== "string" && counts.failed + counts.connectFailed > 0;
    });
}
